using System.Text;
using Microsoft.Extensions.Logging;
using TacHost.Logging;

namespace TacHost.Tests.Logging;

public sealed class LogrotateTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private string LogPath => _directory["tachost.log"];

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("nocreate", false)]
    [InlineData("nocreate", true)]
    [InlineData("create", false)]
    [InlineData("create", true)]
    [InlineData("copytruncate", false)]
    public void Write_AfterARealLogrotate_GoesOnInTheNewFileWithASignalOrWithout(string way, bool isSignalled)
    {
        Assert.SkipWhen(Command.TryRun("logrotate", "--version") is null, "there is no logrotate here");
        var configuration = _directory["configuration"];
        File.WriteAllText(configuration, $"{LogPath} {{\n  {way}\n  rotate 2\n}}\n");
        using var log = RotatingLogFile.Open(LogPath, new LogOptions(), text => Encoding.UTF8.GetBytes(text));
        Write(log, "before");

        Command.Run("logrotate", "--force", "--state", _directory["state"], configuration);
        if (isSignalled)
            log.Reopen();
        Write(log, "after");

        Assert.Equal(("before\n", "after\n"), (File.ReadAllText(LogPath + ".1"), File.ReadAllText(LogPath)));
    }

    private static void Write(RotatingLogFile log, string text)
    {
        log.Write(new LogLine(default, LogLevel.Information, Encoding.UTF8.GetBytes(text + "\n")));
        log.Flush();
    }
}
