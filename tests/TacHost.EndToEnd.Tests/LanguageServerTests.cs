using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests;

/// <summary>The deployments in an editor: a language server reads the projects that <c>tachost ide</c> writes.</summary>
[LongSet]
public sealed class LanguageServerTests
{
    private const string Version = "0.28.0";

    [Fact]
    public async Task Deployments_InAnEditor_HaveNoErrorAndDocumentation()
    {
        await using var sandbox = new Sandbox();
        var deployments = Path.Combine(Program.Root, "deployments");
        string[] files = [.. Directory.GetFiles(deployments, "*.csx", SearchOption.AllDirectories), .. Directory.GetFiles(Example.Folder, "*.cs")];
        foreach (var file in files)
            File.Copy(file, sandbox.PathOf(Path.GetFileName(file)));
        Example.CopyLibrary(sandbox, "Pages");
        Example.CopyLibrary(sandbox, "Greeter");
        Assert.Equal(0, (await sandbox.TachostAsync("new", "server", "--cs", "program")).ExitCode);
        sandbox.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        sandbox.Environment["TMPDIR"] = sandbox.Directory;
        Assert.Equal(0, (await sandbox.TachostAsync("ide")).ExitCode);
        var installed = await sandbox.RunAsync("dotnet", "tool", "install", "csharp-ls", "--version", Version, "--tool-path", "tools");
        Assert.SkipUnless(installed.ExitCode == 0, $"csharp-ls {Version} cannot be had here: {installed.Output}{installed.Error}");
        var restored = await sandbox.RunAsync("dotnet", "restore", "tacs.slnx", "--disable-build-servers");
        Assert.SkipUnless(restored.ExitCode == 0, $"the packages cannot be had here: {restored.Output}{restored.Error}");

        await using var server = await LanguageServer.StartAsync(sandbox.PathOf("tools/csharp-ls"), sandbox.Directory);
        List<string> found = [];
        foreach (var file in files)
            found.AddRange(await server.OpenAsync(Path.GetFileName(file), await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)));
        var program = await File.ReadAllTextAsync(sandbox.PathOf("program.cs"), TestContext.Current.CancellationToken);
        found.AddRange(await server.OpenAsync("program.cs", program));
        Assert.Equal([], found);

        // The same server sees mistakes, and the documentation of the libraries.
        var ecstasy = await File.ReadAllTextAsync(Path.Combine(deployments, "ecstasy.csx"), TestContext.Current.CancellationToken);
        Assert.Contains("Initializes a listener. Opens nothing before the start.", await server.HoverAsync("ecstasy.csx", ecstasy, "TcpServer"), StringComparison.Ordinal);
        Assert.Contains("Builds a protocol that recites the poem", await server.HoverAsync("ecstasy.csx", ecstasy, "PoetryFactory"), StringComparison.Ordinal);
        Assert.Superset(new HashSet<string> { "SetServiceParent", "Running" }, (await server.CompletionAsync("ecstasy.csx", ecstasy, "poetryService.")).ToHashSet());
        Assert.Superset(new HashSet<string> { "AddService", "RunAsync" }, (await server.CompletionAsync("program.cs", program, "await application.")).ToHashSet());
        var line = 1 + ecstasy.Count(each => each == '\n');
        Assert.Equal($"ecstasy.csx:{line}: CS0103: The name 'nowhere' does not exist in the current context", Assert.Single(await server.OpenAsync("ecstasy.csx", ecstasy + "nowhere();\n")));
    }
}
