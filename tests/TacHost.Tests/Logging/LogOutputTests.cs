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
            using (log.CaptureConsole())
                Console.WriteLine("printed");
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
    public void CaptureConsole_LogOnTheConsole_IsNotNeeded()
    {
        using var log = LogOutput.Open(new LogOptions());
        Assert.Null(log.CaptureConsole());
    }

    private static void Shell(string command)
    {
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", command]))!;
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
