using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace TacHost.EndToEnd.Tests.Running;

/// <summary>The deployments in <c>deployments/examples</c>, and clients for them.</summary>
internal static partial class Example
{
    public static string Folder => Path.Combine(Program.Root, "deployments", "examples");

    /// <summary>Returns the examples that use NuGet packages, or all others.</summary>
    public static IEnumerable<string> Files(bool withPackages) =>
        Directory.GetFiles(Folder, "*.cs*").Order(StringComparer.Ordinal).Where(file => File.ReadLines(file).Any(line => line.StartsWith("#:package ", StringComparison.Ordinal) && !line.StartsWith("#:package TacHost.", StringComparison.Ordinal) && line.Contains('@', StringComparison.Ordinal)) == withPackages);

    /// <summary>Replaces the ports of a tac file by free ones.</summary>
    public static string WithFreePorts(string tac) => Port().Replace(tac, "\"$1:0:");

    public static async Task StopAsync(Sandbox sandbox)
    {
        var id = sandbox.DaemonId;
        await sandbox.KillAsync(id);
        await Until.GoneAsync(id);
        Assert.DoesNotContain("did not stop", sandbox.Log, StringComparison.Ordinal);
    }

    /// <summary>Restores the packages of an example into the folder of the user, where the SDK that runs the tests has put its own.</summary>
    public static async Task<string> RestoreOrSkipAsync(Sandbox sandbox, string name)
    {
        var tac = Copy(sandbox, name);
        var restored = await sandbox.TachostAsync("restore", tac);
        SkipWithoutPackages(restored);
        Assert.Equal((0, ""), (restored.ExitCode, restored.Error));
        return tac;
    }

    /// <summary>Skips a test whose packages cannot be had, because there is no network. In CI, that is a failure.</summary>
    public static void SkipWithoutPackages(Outcome restored) =>
        Assert.SkipWhen(restored.ExitCode == 69 && System.Environment.GetEnvironmentVariable("TACHOST_CI") is null, $"the packages cannot be had here: {restored.Error}");

    /// <summary>Makes a sandbox in which NuGet also leaves its own directory.</summary>
    public static Sandbox WithPackages()
    {
        Sandbox sandbox = new();
        sandbox.Environment["NUGET_SCRATCH"] = sandbox.PathOf("scratch");
        return sandbox;
    }

    /// <summary>Copies an example into the sandbox, with free ports in place of its own.</summary>
    public static string Copy(Sandbox sandbox, string name) =>
        sandbox.Write(name, WithFreePorts(File.ReadAllText(Path.Combine(Folder, name))));

    /// <summary>Copies the library of a project into <c>lib/</c> of the sandbox.</summary>
    public static void CopyLibrary(Sandbox sandbox, string name)
    {
        Directory.CreateDirectory(sandbox.PathOf("lib"));
        File.Copy(Path.Combine(Program.Root, "artifacts", "bin", name, "debug", $"{name}.dll"), sandbox.PathOf($"lib/{name}.dll"));
    }

    public static async Task<TcpClient> ConnectAsync(int port)
    {
        TcpClient client = new();
        await client.ConnectAsync("127.0.0.1", port, TestContext.Current.CancellationToken).AsTask().Soon();
        return client;
    }

    public static (StreamReader Reader, StreamWriter Writer) Lines(Stream stream) =>
        (new StreamReader(stream, new UTF8Encoding(false), leaveOpen: true), new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true) { AutoFlush = true });

    [GeneratedRegex("\"(tcp|tls):\\d+:")]
    private static partial Regex Port();
}
