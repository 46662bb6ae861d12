namespace TacHost.EndToEnd.Tests.Running;

/// <summary>The packages of the libraries and templates, made of what the build has left, as the only source of packages.</summary>
internal static class PackedLibraries
{
    /// <summary>Packs into <c>feed/</c> of a sandbox that is a home directory. Packages of others come from the folder of the user.</summary>
    public static async Task PutIntoAsync(Sandbox sandbox)
    {
        foreach (var (name, value) in ((string, string)[])[
            ("DOTNET_CLI_TELEMETRY_OPTOUT", "1"), ("DOTNET_NOLOGO", "1"), ("DOTNET_CLI_USE_MSBUILD_SERVER", "0"), ("MSBUILDDISABLENODEREUSE", "1"), ("UseSharedCompilation", "false"),
            ("TMPDIR", sandbox.Directory), ("NUGET_PACKAGES", sandbox.PathOf(".nuget/packages"))])
            sandbox.Environment[name] = value;

        var user = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        Directory.CreateDirectory(sandbox.PathOf(".nuget/NuGet"));
        sandbox.Write(".nuget/NuGet/NuGet.Config", $"""
            <configuration>
              <packageSources><clear /><add key="packed" value="{sandbox.PathOf("feed")}" /></packageSources>
              <fallbackPackageFolders><add key="user" value="{user}" /></fallbackPackageFolders>
            </configuration>
            """);
        foreach (var (project, options) in ((string, string[])[])[("src/TacHost.Services", ["--no-build"]), ("src/TacHost.Testing", ["--no-build"]), ("packaging/templates", [$"-p:ArtifactsPath={sandbox.PathOf("packing")}"])])
        {
            var packed = await sandbox.RunAsync("dotnet", ["pack", Path.Combine(Program.Root, project), "--configuration", "Debug", "--output", sandbox.PathOf("feed"), .. options]);
            Assert.True(packed.ExitCode == 0, $"{project} cannot be packed:\n{packed.Output}{packed.Error}");
        }
    }
}
