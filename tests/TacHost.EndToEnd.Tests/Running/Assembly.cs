namespace TacHost.EndToEnd.Tests.Running;

/// <summary>A small library, built by the SDK that runs the tests.</summary>
internal static class Assembly
{
    /// <summary>Builds <c>lib/NAME.dll</c> in the sandbox, against other assemblies if need be.</summary>
    public static async Task BuildAsync(Sandbox sandbox, string name, string source, params string[] references)
    {
        var project = Directory.CreateDirectory(sandbox.PathOf($"{name}-source")).FullName;
        await File.WriteAllTextAsync(Path.Combine(project, $"{name}.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
              </PropertyGroup>
              <ItemGroup>
                {string.Concat(references.Select(path => $"<Reference Include=\"{path}\" Private=\"false\" />"))}
              </ItemGroup>
            </Project>
            """, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(project, $"{name}.cs"), source, TestContext.Current.CancellationToken);
        var outcome = await sandbox.RunAsync("dotnet", "build", project, "--output", sandbox.PathOf("lib"), "--disable-build-servers", "--nologo", "--verbosity", "quiet");
        Assert.True(outcome.ExitCode == 0, outcome.Output + outcome.Error);
    }
}
