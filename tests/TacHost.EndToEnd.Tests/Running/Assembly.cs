namespace TacHost.EndToEnd.Tests.Running;

/// <summary>A small library with resources, built by the SDK that runs the tests. <see cref="PluginAssembly"/> compiles those without.</summary>
internal static class Assembly
{
    /// <summary>Builds <c>lib/NAME.dll</c> in the sandbox with resources, each a file and the text under the name 'hello'.</summary>
    public static async Task BuildAsync(Sandbox sandbox, string name, string source, params (string File, string Hello)[] resources)
    {
        var project = Directory.CreateDirectory(sandbox.PathOf($"{name}-source")).FullName;
        await File.WriteAllTextAsync(Path.Combine(project, $"{name}.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
              </PropertyGroup>
            </Project>
            """, TestContext.Current.CancellationToken);
        foreach (var (file, hello) in resources)
            await File.WriteAllTextAsync(Path.Combine(project, file), $"<root><resheader name=\"resmimetype\"><value>text/microsoft-resx</value></resheader><resheader name=\"version\"><value>2.0</value></resheader><resheader name=\"reader\"><value>System.Resources.ResXResourceReader, System.Windows.Forms</value></resheader><resheader name=\"writer\"><value>System.Resources.ResXResourceWriter, System.Windows.Forms</value></resheader><data name=\"hello\" xml:space=\"preserve\"><value>{hello}</value></data></root>", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(project, $"{name}.cs"), source, TestContext.Current.CancellationToken);
        // The SDK leaves files where it works, which go with the sandbox.
        var outcome = await sandbox.RunAsync("env", $"TMPDIR={project}", "dotnet", "build", project, "--output", sandbox.PathOf("lib"), "--disable-build-servers", "--nologo", "--verbosity", "quiet");
        Assert.True(outcome.ExitCode == 0, outcome.Output + outcome.Error);
    }
}
