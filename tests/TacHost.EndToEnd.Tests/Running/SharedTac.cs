using TacHost.TestSupport.Running;

namespace TacHost.EndToEnd.Tests.Running;

/// <summary>One tac file and its cache for every test to which it does not matter which.</summary>
internal static class SharedTac
{
    private const UnixFileMode ForAll = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    static SharedTac()
    {
        var directory = Directory.CreateDirectory(System.IO.Path.Combine(TestRun.Shared, "tac"), ForAll).FullName;
        Path = System.IO.Path.Combine(directory, "poem.csx");
        File.WriteAllText(Path, Text);
        Cache = Directory.CreateDirectory(System.IO.Path.Combine(directory, "cache"), ForAll).FullName;
    }

    public static string Path { get; }

    public static string Text { get; } = Sandbox.Tac(0, "poem.txt", "");

    public static string Cache { get; }
}
