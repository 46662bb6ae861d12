using System.Text;
using Microsoft.Extensions.Logging;
using TacHost.Logging;

namespace TacHost.Tests.Logging;

public sealed class RotatingLogFileTests : IDisposable
{
    /// <summary>More than any usual umask leaves of a new file.</summary>
    private const UnixFileMode GroupWritable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;

    private readonly TemporaryDirectory _directory = new();

    private string LogPath => _directory["tachost.log"];

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Write_WithoutFlush_IsInTheFileSoon()
    {
        using var log = Open();
        Write(log, "first");
        await Until.TrueAsync(() => File.ReadAllText(LogPath) == "first\n", "the line in the file");
    }

    [Fact]
    public void Write_TimerIsLate_WritesTheLinesItself()
    {
        var clock = new ClockWithLateTimers();
        using var log = RotatingLogFile.Open(LogPath, new LogOptions(), Notice, clock);
        Write(log, "first");
        Assert.Equal("", File.ReadAllText(LogPath));
        clock.Advance(TimeSpan.FromMilliseconds(51));
        Write(log, "second");
        Assert.Equal("first\nsecond\n", File.ReadAllText(LogPath));
    }

    [Fact]
    public void Open_FileOfAnEarlierRun_IsContinued()
    {
        File.WriteAllText(LogPath, "earlier\n");
        using (var log = Open())
            Write(log, "later");
        Assert.Equal("earlier\nlater\n", File.ReadAllText(LogPath));
    }

    [Fact]
    public void Open_NoDirectory_SaysWhatToDo()
    {
        var e = Assert.Throws<TacHostException>(() => RotatingLogFile.Open(_directory["none/tachost.log"], new LogOptions(), Notice));
        Assert.Equal(ExitCode.CannotCreate, e.ExitCode);
        Assert.Contains("its directory does not exist. Create it, or name another file with --logfile.", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_Directory_SaysWhatToDo()
    {
        var e = Assert.Throws<TacHostException>(() => RotatingLogFile.Open(_directory.Path, new LogOptions(), Notice));
        Assert.Contains("it is a directory", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(103)]
    [InlineData(107)]
    public void Write_BeyondTheLimit_KeepsEveryLineInOrderAndEveryFileWithinTheLimit(int limit)
    {
        using (var log = Open(limit, kept: 0))
        {
            for (var i = 0; i < 200; i++)
                Write(log, $"line {i}");
        }

        var files = Directory.GetFiles(_directory.Path).OrderByDescending(Number).ToList();
        Assert.All(files, file => Assert.InRange(new FileInfo(file).Length, 1, limit));
        Assert.Equal(Enumerable.Range(0, 200).Select(i => $"line {i}"), files.SelectMany(File.ReadAllLines));
        Assert.True(files.Count > 15);
    }

    [Fact]
    public void Write_UpToTheLimitExactly_FitsInOneFile()
    {
        using (var log = Open(size: 14))
        {
            Write(log, "line 1");
            Write(log, "line 2");
            Write(log, "line 3");
        }

        Assert.Equal(["line 1\nline 2\n", "line 3\n"], new[] { LogPath + ".1", LogPath }.Select(File.ReadAllText));
    }

    [Fact]
    public void Write_OneByteBeyondTheLimit_BeginsANewFile()
    {
        using (var log = Open(size: 13))
        {
            Write(log, "line 1");
            Write(log, "line 2");
        }

        Assert.Equal(["line 1\n", "line 2\n"], new[] { LogPath + ".1", LogPath }.Select(File.ReadAllText));
    }

    [Fact]
    public void Write_BeyondTheLimit_KeepsOnlySoManyOldFiles()
    {
        File.WriteAllText(LogPath + ".3", "from when more were kept\n");
        using (var log = Open(size: 10, kept: 2))
        {
            foreach (var i in Enumerable.Range(0, 9))
                Write(log, $"line {i}");
        }

        Assert.Equal(["line 8\n", "line 7\n", "line 6\n"], new[] { LogPath, LogPath + ".1", LogPath + ".2" }.Select(File.ReadAllText));
        Assert.False(File.Exists(LogPath + ".4"));
    }

    [Fact]
    public void Write_LineOfTenMegabytes_IsWholeAndAlone()
    {
        var line = new string('x', 10_000_000);
        using (var log = Open())
        {
            Write(log, "before");
            Write(log, line);
            Write(log, "after");
        }

        Assert.Equal(["before\n", line + "\n", "after\n"], new[] { LogPath + ".2", LogPath + ".1", LogPath }.Select(File.ReadAllText));
    }

    [Fact]
    public void Write_AfterRotation_ModeStays()
    {
        File.WriteAllText(LogPath, "earlier\n");
        File.SetUnixFileMode(LogPath, GroupWritable);
        using (var log = Open(size: 10))
            Write(log, "later");
        Assert.Equal((GroupWritable, GroupWritable), (File.GetUnixFileMode(LogPath), File.GetUnixFileMode(LogPath + ".1")));
    }

    [Fact]
    public void ChangeOwner_AsRoot_HoldsForAllFilesAndThoseToCome()
    {
        Assert.SkipUnless(Command.IsRoot, "changing the owner needs root");
        File.WriteAllText(LogPath + ".1", "old\n");
        using (var log = Open(size: 10))
        {
            log.ChangeOwner(65534, 65533);
            Write(log, "line 1");
            Write(log, "line 2");
        }

        Assert.Equal("65534:65533 65534:65533 65534:65533", Command.Run("stat", "-c", "%u:%g", LogPath, LogPath + ".1", LogPath + ".2").ReplaceLineEndings(" "));
    }

    [Fact]
    public void ChangeOwner_PlantedLinks_AreNotGivenAway()
    {
        Assert.SkipUnless(Command.IsRoot, "changing the owner needs root");
        var secret = _directory["secret"];
        File.WriteAllText(secret, "");
        File.CreateSymbolicLink(LogPath + ".1", secret);
        Command.Run("ln", secret, LogPath + ".2");
        using (var log = Open())
            log.ChangeOwner(65534, 65534);
        Assert.Equal("0:0", Command.Run("stat", "-c", "%u:%g", secret));
    }

    [Fact]
    public void Reopen_AfterRename_GoesOnInANewFileOfTheSameMode()
    {
        using var log = Open();
        File.SetUnixFileMode(LogPath, GroupWritable);
        Write(log, "before");
        log.Flush();
        File.Move(LogPath, LogPath + "-renamed");
        log.Reopen();
        Write(log, "after");
        log.Flush();
        Assert.Equal("after\n", File.ReadAllText(LogPath));
        Assert.Equal(GroupWritable, File.GetUnixFileMode(LogPath));
    }

    [Fact]
    public void Write_FileDeleted_GoesOnInANewOne()
    {
        using var log = Open();
        Write(log, "before");
        log.Flush();
        File.Delete(LogPath);
        Write(log, "after");
        log.Flush();
        Assert.Equal("after\n", File.ReadAllText(LogPath));
    }

    [Fact]
    public void Write_FileTruncated_GoesOnAtItsNewEnd()
    {
        using var log = Open();
        Write(log, "before");
        log.Flush();
        File.WriteAllText(LogPath, "");
        Write(log, "after");
        log.Flush();
        Assert.Equal("after\n", File.ReadAllText(LogPath));
    }

    [Fact]
    public void Write_SomebodyElseAppends_NobodyOverwritesTheOther()
    {
        using var log = Open();
        using var other = Open();
        Write(log, "one");
        log.Flush();
        Write(other, "two");
        other.Flush();
        Write(log, "three");
        log.Flush();
        Assert.Equal("one\ntwo\nthree\n", File.ReadAllText(LogPath));
    }

    [Fact]
    public void Write_DirectoryDeletedAndMadeAgain_SaysHowManyLinesAreLost()
    {
        var path = _directory["logs/tachost.log"];
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var log = RotatingLogFile.Open(path, new LogOptions(), Notice);
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        foreach (var i in Enumerable.Range(0, 3))
        {
            Write(log, $"lost {i}");
            log.Flush();
        }

        Assert.Equal(3, log.LostLines);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        Write(log, "after");
        log.Flush();
        Assert.Equal("! The log could not be written: No such file or directory. Lines lost here: 3.\nafter\n", File.ReadAllText(path));
        Assert.Equal(3, log.LostLines);
    }

    [Fact]
    public void Write_DirectoryReplaced_GoesOnInTheNewOne()
    {
        var directory = _directory["logs"];
        Directory.CreateDirectory(directory);
        using var log = RotatingLogFile.Open(Path.Combine(directory, "tachost.log"), new LogOptions(), Notice);
        Directory.Move(directory, directory + ".old");
        Directory.CreateDirectory(directory);
        Write(log, "after");
        log.Flush();
        Assert.Equal("after\n", File.ReadAllText(Path.Combine(directory, "tachost.log")));
    }

    [Fact]
    public void Write_PathOutOfReach_RotatesAllTheSame()
    {
        var outer = _directory["outer"];
        Directory.CreateDirectory(outer + "/logs");
        using (var log = RotatingLogFile.Open(outer + "/logs/tachost.log", new LogOptions { FileSize = 10 }, Notice))
        {
            Directory.Move(outer, outer + ".elsewhere"); // what a chroot does to a path
            Write(log, "line 1");
            Write(log, "line 2");
        }

        Assert.Equal(["line 2\n", "line 1\n"], new[] { "tachost.log", "tachost.log.1" }.Select(name => File.ReadAllText($"{outer}.elsewhere/logs/{name}")));
    }

    [Fact]
    public void Write_DiskFull_WholeLinesOnlyAndTheLossIsToldOnRecovery()
    {
        using var disk = SmallDisk.MountOrSkip("64k");
        var path = Path.Combine(disk.Path, "tachost.log");
        var ballast = Path.Combine(disk.Path, "ballast");
        var text = new string('x', 999);
        using (var log = RotatingLogFile.Open(path, new LogOptions(), Notice))
        {
            File.WriteAllBytes(ballast, new byte[20_000]);
            foreach (var i in Enumerable.Range(100, 60))
                Write(log, $"{i}{text}");
            log.Flush();
            Write(log, $"lost as well{text}");
            log.Flush();
            File.Delete(ballast);
            Write(log, "after");
        }

        var lines = File.ReadAllLines(path);
        var written = lines.Count(line => line.EndsWith(text, StringComparison.Ordinal));
        Assert.InRange(written, 20, 59);
        Assert.Equal(Enumerable.Range(100, written).Select(i => $"{i}{text}"), lines[..written]);
        const string notice = "! The log could not be written: No space left on device. Lines lost here: ";
        Assert.All(lines[written..^1], line => Assert.StartsWith(notice, line, StringComparison.Ordinal));
        Assert.Equal(61 - written, lines[written..^1].Sum(line => int.Parse(line[notice.Length..].TrimEnd('.'), null)));
        Assert.Equal("after", lines[^1]);
    }

    [Fact]
    public void Write_DirectoryTakesNoRenames_GrowsAndSaysSoOnce()
    {
        Assert.SkipUnless(Command.IsRoot, "making a directory immutable for its owner needs root");
        var clock = new TestClock();
        using var log = RotatingLogFile.Open(LogPath, new LogOptions { FileSize = 20 }, Notice, clock);
        Write(log, "line 1");
        log.Flush();
        Assert.SkipUnless(Command.TryRun("chattr", "+i", _directory.Path) is not null, "chattr +i does not work on this file system");
        try
        {
            foreach (var i in Enumerable.Range(2, 4))
            {
                Write(log, $"line {i}");
                log.Flush();
            }
        }
        finally
        {
            Command.Run("chattr", "-i", _directory.Path);
        }

        Assert.Equal(
            ["line 1", "line 2", "line 3", "! The log could not be rotated and grows beyond its limit, because its directory does not allow it: Operation not permitted.", "line 4", "line 5"],
            File.ReadAllLines(LogPath));
        clock.Advance(TimeSpan.FromSeconds(10));
        Write(log, "line 6");
        log.Flush();
        Assert.Equal("line 6\n", File.ReadAllText(LogPath));
    }

    [Fact]
    public void Write_ThroughASymbolicLink_RotatesWhatItLeadsTo()
    {
        var real = _directory["real"];
        Directory.CreateDirectory(real);
        File.CreateSymbolicLink(LogPath, Path.Combine(real, "service.log"));
        using (var log = Open(size: 10))
        {
            Write(log, "line 1");
            Write(log, "line 2");
        }

        Assert.NotNull(new FileInfo(LogPath).LinkTarget);
        Assert.Equal(["line 2\n", "line 1\n"], new[] { "service.log", "service.log.1" }.Select(name => File.ReadAllText(Path.Combine(real, name))));
    }

    [Fact]
    public void Write_ToADevice_IsNeverRotated()
    {
        using var log = RotatingLogFile.Open("/dev/null", new LogOptions { FileSize = 1 }, Notice);
        Write(log, "line 1");
        Write(log, "line 2");
        log.Reopen();
        Assert.False(File.Exists("/dev/null.1"));
    }

    [Fact]
    public async Task Write_FromManyThreads_LosesNothingAndKeepsEachThreadsOrder()
    {
        const int threads = 64, each = 1_000;
        using (var log = Open(size: 100_000, kept: 0))
        {
            await Task.WhenAll(Enumerable.Range(0, threads).Select(thread => Task.Factory.StartNew(
                () =>
                {
                    for (var i = 0; i < each; i++)
                        Write(log, $"{thread} {i} {new string('x', i % 100)}|");
                },
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default)));
        }

        var next = new int[threads];
        foreach (var line in Directory.GetFiles(_directory.Path).OrderByDescending(Number).SelectMany(File.ReadAllLines))
        {
            var words = line.Split(' ');
            var (thread, i) = (int.Parse(words[0], null), int.Parse(words[1], null));
            Assert.Equal((next[thread], new string('x', i % 100) + "|"), (i, words[2]));
            next[thread]++;
        }

        Assert.All(next, count => Assert.Equal(each, count));
    }

    [Theory]
    [InlineData("hour", "2026-11-23T13:59:59", "2026-11-23T14:00:00")]
    [InlineData("day", "2026-11-23T23:59:59", "2026-11-24T00:00:00")]
    [InlineData("week", "2026-11-22T23:59:59", "2026-11-23T00:00:00")]
    [InlineData("month", "2026-11-30T23:59:59", "2026-12-01T00:00:00")]
    public void Write_InTheNextPeriod_BeginsANewFile(string every, string last, string next)
    {
        LogOptions options = new() { Period = (LogPeriod)(Array.IndexOf(LogPeriods.Names, every) + 1), FilesKept = 2 };
        using (var log = RotatingLogFile.Open(LogPath, options, Notice))
        {
            WriteAt(log, last, "old");
            WriteAt(log, last, "still old");
            WriteAt(log, next, "new");
            WriteAt(log, last, "from before, late");
        }

        Assert.Equal(["new\nfrom before, late\n", "old\nstill old\n"], new[] { LogPath, LogPath + ".1" }.Select(File.ReadAllText));
        Assert.False(File.Exists(LogPath + ".2"));
    }

    [Fact]
    public void Write_AfterAnEarlierRunsDay_BeginsANewFileAndDropsWhatIsTooOldOrTooMany()
    {
        File.WriteAllText(LogPath, "yesterday\n");
        File.SetLastWriteTime(LogPath, new DateTime(2026, 11, 22, 12, 0, 0, DateTimeKind.Local));
        File.WriteAllText(LogPath + ".1", "the day before\n");
        File.WriteAllText(LogPath + ".2", "old\n");
        File.SetLastWriteTime(LogPath + ".2", new DateTime(2026, 10, 1, 12, 0, 0, DateTimeKind.Local));
        using (var log = RotatingLogFile.Open(LogPath, new LogOptions { Period = LogPeriod.Day, FilesKept = 0, LongestAge = TimeSpan.FromDays(30) }, Notice))
            WriteAt(log, "2026-11-23T08:00:00", "today");

        Assert.Equal(["today\n", "yesterday\n", "the day before\n"], new[] { LogPath, LogPath + ".1", LogPath + ".2" }.Select(File.ReadAllText));
        Assert.False(File.Exists(LogPath + ".3"));
    }

    [Fact]
    public void Open_FileThatEndsInTheMiddleOfALine_BeginsAnother()
    {
        File.WriteAllText(LogPath, "whole\nkilled in the midd");
        using (var log = Open())
            Write(log, "next run");
        Assert.Equal("whole\nkilled in the midd\nnext run\n", File.ReadAllText(LogPath));
    }

    private static void WriteAt(RotatingLogFile log, string time, string text) =>
        log.Write(new LogLine(new DateTimeOffset(DateTime.Parse(time, System.Globalization.CultureInfo.InvariantCulture)), LogLevel.Information, Encoding.UTF8.GetBytes(text + "\n")));

    private static int Number(string path) => int.TryParse(Path.GetExtension(path)[1..], out var number) ? number : 0;

    private static byte[] Notice(string text) => Encoding.UTF8.GetBytes($"! {text}\n");

    private static void Write(RotatingLogFile log, string text) =>
        log.Write(new LogLine(default, LogLevel.Information, Encoding.UTF8.GetBytes(text + "\n")));

    private RotatingLogFile Open(long size = 1_000_000, int kept = 10) =>
        RotatingLogFile.Open(LogPath, new LogOptions { FileSize = size, FilesKept = kept }, Notice);
}
