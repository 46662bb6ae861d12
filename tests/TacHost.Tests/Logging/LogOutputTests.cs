using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using TacHost.Logging;

namespace TacHost.Tests.Logging;

[Collection<AloneCollection>]
public sealed class LogOutputTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private string LogPath => _directory["tachost.log"];

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Open_LoggerType_TakesAllLinesAndNoFileIsMade()
    {
        List<string> logged = [];
        AppContext.SetData(ListLoggerProvider.List, logged);
        var options = new LogOptions
        {
            LoggerType = "TacHost.Tests.Logging.ListLoggerProvider, TacHost.Tests",
            LoggerDirectories = [AppContext.BaseDirectory],
            Syslog = SyslogOptions.Parse(_directory["no daemon"]),
            File = LogPath,
        };
        using (var log = LogOutput.Open(options))
        {
            HostLog.ShutDown(log.Host);
            log.CaptureConsole();
            Console.WriteLine("printed");
            log.EndCapture();
        }

        Assert.Equal(["- Information Server Shut Down.", "stdout Information printed", "disposed"], logged);
        Assert.False(File.Exists(LogPath));
    }

    [Fact]
    public void Factory_WithProvidersOfTheTac_LogsToThemAndToTheLog()
    {
        List<string> logged = [];
        AppContext.SetData(ListLoggerProvider.List, logged);
        using (var log = LogOutput.Open(new LogOptions { File = LogPath }))
        {
            var factory = log.FactoryFor(null, [new ListLoggerProvider()]);
#pragma warning disable CA1848, CA2254 // as a tac writes it
            factory.CreateLogger("tac/Service").LogInformation("said");
#pragma warning restore CA1848, CA2254
            HostLog.ShutDown(log.Host);
        }

        Assert.Equal(["tac/Service Information said", "- Information Server Shut Down.", "disposed"], logged);
        Assert.Equal(2, File.ReadAllLines(LogPath).Length);
    }

    [Fact]
    public void Write_LogClosed_IsLostInSilence()
    {
        var log = LogOutput.Open(new LogOptions { File = LogPath });
        HostLog.ShutDown(log.Host);
        log.Dispose();
        HostLog.ShutDown(log.Host);
        Assert.Single(File.ReadAllLines(LogPath));
    }

    [Fact]
    public void Open_MinimumLevel_LeavesOutWhatIsBelow()
    {
        using (var log = LogOutput.Open(new LogOptions { File = LogPath, MinimumLevel = LogLevel.Warning }))
        {
            HostLog.ShutDown(log.Host);
            HostLog.Notice(log.Host, "a warning");
        }

        Assert.Contains("[-#warn] a warning", Assert.Single(File.ReadAllLines(LogPath)), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_Json_WritesAnObjectALine()
    {
        using (var log = LogOutput.Open(new LogOptions { File = LogPath, Format = LogFormat.Json, MinimumLevel = LogLevel.Debug }))
        {
            HostLog.ShutDown(log.Host);
            HostLog.Notice(log.Host, "a warning");
        }

        Assert.Equal(["info", "warn"], File.ReadAllLines(LogPath).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("level").GetString()));
    }

    [Fact]
    public void Reopen_AfterRename_GoesOnInANewFile()
    {
        using var log = LogOutput.Open(new LogOptions { File = LogPath });
        HostLog.Notice(log.Host, "before");
        File.Move(LogPath, LogPath + "-renamed");
        log.Reopen();
        Assert.True(File.Exists(LogPath));
    }

    [Fact]
    public void Open_StandardStreamsTaken_ChildrensOutputIsInTheCurrentFileUntilTheEnd()
    {
        using (var log = LogOutput.Open(new LogOptions { File = LogPath, TakesStandardStreams = true }))
        {
            Shell("echo first");
            File.Move(LogPath, LogPath + "-renamed");
            log.Reopen();
            Shell("echo second >&2");
        }

        Shell("echo third");
        Assert.Contains("first\n", File.ReadAllText(LogPath + "-renamed"), StringComparison.Ordinal);
        Assert.Contains("second\n", File.ReadAllText(LogPath), StringComparison.Ordinal);
        Assert.DoesNotContain("third\n", File.ReadAllText(LogPath), StringComparison.Ordinal);
    }

    [Fact]
    public void Settle_FileOfTheTac_HasAllLinesAndTheDefaultIsGone()
    {
        using (var log = LogOutput.Open(new LogOptions { File = LogPath }))
        {
            HostLog.Notice(log.Host, "before");
            log.Settle(new LogOptions { File = _directory["tac.log"] });
            HostLog.Notice(log.Host, "after");
            Assert.Equal(_directory["tac.log"], log.FilePath);
            Assert.Equal("tac.log", log.Place?.Name);
        }

        Assert.False(File.Exists(LogPath));
        Assert.Equal(["[-#warn] before", "[-#warn] after"], Texts(_directory["tac.log"]));
    }

    [Fact]
    public void Settle_FileOfTheTac_LeavesTheDefaultOfAnotherRunAlone()
    {
        File.WriteAllText(LogPath, "of another run\n");
        using (var log = LogOutput.Open(new LogOptions { File = LogPath }))
        {
            HostLog.Notice(log.Host, "before");
            log.Settle(new LogOptions { File = _directory["tac.log"] });
        }

        Assert.Equal("of another run\n", File.ReadAllText(LogPath));
        Assert.Equal(["[-#warn] before"], Texts(_directory["tac.log"]));
    }

    [Fact]
    public void Settle_WithoutAFile_WritesWhatWasHeldBack()
    {
        using var log = LogOutput.Open(new LogOptions { File = LogPath });
        HostLog.Notice(log.Host, "before");
        log.Settle(new LogOptions { File = LogPath });
        Assert.Equal(["[-#warn] before"], Texts(LogPath));
    }

    [Fact]
    public void Settle_FileThatCannotBeWritten_KeepsTheLinesInTheDefault()
    {
        using (var log = LogOutput.Open(new LogOptions { File = LogPath }))
        {
            HostLog.Notice(log.Host, "before");
            var failure = Assert.Throws<TacHostException>(() => log.Settle(new LogOptions { File = _directory["nowhere/tac.log"] }));
            Assert.Contains("its directory does not exist", failure.Message, StringComparison.Ordinal);
            HostLog.Notice(log.Host, "after");
        }

        Assert.Equal(["[-#warn] before", "[-#warn] after"], Texts(LogPath));
    }

    [Fact]
    public void Settle_StandardStreamsTaken_GoToTheFileOfTheTac()
    {
        using (var log = LogOutput.Open(new LogOptions { File = LogPath, TakesStandardStreams = true }))
        {
            log.Settle(new LogOptions { File = _directory["tac.log"], TakesStandardStreams = true });
            Shell("echo native; echo error >&2");
        }

        Assert.Equal("native\nerror\n", File.ReadAllText(_directory["tac.log"]));
    }

    [Fact]
    public void Settle_SizeAndCountOfTheTac_Hold()
    {
        using (var log = LogOutput.Open(new LogOptions { File = LogPath, IsChosen = true }))
        {
            log.Settle(new LogOptions { File = LogPath, IsChosen = true, FileSize = 100, FilesKept = 2 });
            for (var i = 0; i < 20; i++)
                HostLog.Notice(log.Host, $"line {i} of a log that is rotated soon");
        }

        Assert.Equal(["tachost.log", "tachost.log.1", "tachost.log.2"], Directory.EnumerateFiles(_directory.Path).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Settle_LogOnTheConsole_GoesToTheFileOfTheTacAndSaysSo()
    {
        var original = Console.Out;
        try
        {
            using (var log = LogOutput.Open(new LogOptions()))
            {
                log.CaptureConsole();
                HostLog.Notice(log.Host, "before");
                log.Settle(new LogOptions { File = _directory["tac.log"] });
                Console.WriteLine("printed");
                Assert.False(log.IsConsole);
                log.EndCapture();
            }
        }
        finally
        {
            Console.SetOut(original);
        }

        Assert.Equal(["[-#warn] before", "[stdout] printed"], Texts(_directory["tac.log"]));
    }

    [Fact]
    public void CaptureConsole_LogOnTheConsole_IsNotNeeded()
    {
        using var log = LogOutput.Open(new LogOptions());
        log.CaptureConsole();
        Console.WriteLine("printed");
        log.WriteOut();
        Assert.DoesNotContain(log.Recent.After(0), line => System.Text.Encoding.UTF8.GetString(line.Utf8).Contains("printed", StringComparison.Ordinal));
    }

    /// <summary>The lines of a log without their times.</summary>
    private static IEnumerable<string> Texts(string path) => File.ReadAllLines(path).Select(line => line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..]);

    private static void Shell(string command)
    {
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", command]))!;
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
