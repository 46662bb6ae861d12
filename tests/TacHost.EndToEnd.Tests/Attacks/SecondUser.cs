using System.Diagnostics;
using System.Globalization;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests.Attacks;

/// <summary>A user who is neither root nor a service, created for these tests.</summary>
public sealed class SecondUser : IAsyncLifetime
{
    /// <summary>An interpreter that every user can run.</summary>
    public const string Python = "/usr/bin/python3";

    private const string UserName = "tachost-eve";

    /// <summary>Gets the number of the user, which is that of the group too.</summary>
    public uint Id { get; private set; }

    /// <summary>Gets the name of the user.</summary>
    public string Name { get; } = UserName;

    public async ValueTask InitializeAsync()
    {
        if (Environment.UserName != "root")
            return;
        await using Sandbox sandbox = new();
        await sandbox.RunAsync("useradd", "--no-create-home", "--user-group", UserName);
        Id = uint.Parse((await sandbox.RunAsync("id", "-u", UserName)).Output, CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        if (Environment.UserName != "root")
            return;
        await using Sandbox sandbox = new();
        await sandbox.RunAsync("userdel", UserName);
    }

    /// <summary>Skips the test unless there is such a user, and the program is where that user can run it.</summary>
    internal static void Require() =>
        Assert.SkipUnless(Environment.UserName == "root" && Running.Program.IsInstalled("setpriv") && Running.Program.IsInstalled("useradd") && File.Exists(Python), "only root can have another user attack");

    /// <summary>Makes a directory of the user's in a sandbox.</summary>
    internal async Task<string> MakeDirectoryAsync(Sandbox sandbox, string name)
    {
        File.SetUnixFileMode(sandbox.Directory, (UnixFileMode)0b111_101_101);
        var directory = Directory.CreateDirectory(sandbox.PathOf(name)).FullName;
        Assert.Equal(0, (await sandbox.RunAsync("chown", Name, directory)).ExitCode);
        return directory;
    }

    /// <summary>Runs a shell command as the user, to its end.</summary>
    internal async Task RunAsync(Sandbox sandbox, string command)
    {
        var outcome = await sandbox.RunAsync("setpriv", $"--reuid={Id}", $"--regid={Id}", "--clear-groups", "sh", "-c", command);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
    }

    /// <summary>Starts a program of the user's.</summary>
    internal Process Start(Sandbox sandbox, params string[] command) =>
        sandbox.StartProgram("setpriv", [$"--reuid={Id}", $"--regid={Id}", "--clear-groups", .. command]);
}

/// <summary>The tests that share the second user.</summary>
[CollectionDefinition("attacks")]
public sealed class AttacksDefinition : ICollectionFixture<SecondUser>;
