using System.Text;
using TacHost.Packages;
using TacFile = TacHost.Scripting.TacFile;

namespace TacHost.Tests.Packages;

/// <summary>A directory with a tac file, feeds, a configuration of NuGet and a folder of packages. The environment leads NuGet there.</summary>
internal sealed class PackageSite : IDisposable
{
    private const string Folder = "packages-of-user";

    private readonly TemporaryDirectory _directory = new();
    private readonly Dictionary<string, string?> _before = [];

    public PackageSite()
    {
        Set("NUGET_PACKAGES", Directory.CreateDirectory(_directory[Folder], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName);

        // NuGet keeps the first of these for the life of the process.
        Set("NUGET_SCRATCH", Path.Combine(TestSupport.Running.TestRun.Shared, "nuget-scratch"));
        Set("NUGET_HTTP_CACHE_PATH", Path.Combine(TestSupport.Running.TestRun.Shared, "nuget-http"));
        Configure(("feed", this["feed"]));
    }

    /// <summary>Gets the lines for the terminal.</summary>
    public List<string> Progress { get; } = [];

    public string Tac => this["x.csx"];

    public string this[string file] => _directory[file];

    public void Dispose()
    {
        foreach (var (name, value) in _before)
            Environment.SetEnvironmentVariable(name, value);
        _directory.Dispose();
    }

    /// <summary>Adds a package with files of one text each to a feed.</summary>
    public void Add(string id, string version, string text = "code", string feed = "feed", params IEnumerable<string> more) =>
        TestPackage.Write(this[feed], id, version, null, more.Prepend($"lib/net8.0/{id}.dll").Select(path => (path, Encoding.UTF8.GetBytes(text))));

    /// <summary>Writes <c>nuget.config</c>.</summary>
    public void Configure((string Name, string Address) source, string more = "") => Configure([source], more);

    public void Configure(IEnumerable<(string Name, string Address)> sources, string more) =>
        File.WriteAllText(this["nuget.config"], $"<configuration><packageSources><clear />{string.Concat(sources.Select(each => $"<add key=\"{each.Name}\" value=\"{each.Address}\" allowInsecureConnections=\"{!each.Name.StartsWith("strict", StringComparison.Ordinal)}\" />"))}</packageSources>{more}</configuration>");

    /// <summary>Writes a tac file and restores its packages.</summary>
    public PackageSet Restore(string tac, PackageOptions? options = null)
    {
        File.WriteAllText(Tac, tac);
        return TacFile.Restore(Tac, (options ?? new PackageOptions()) with { Progress = Progress.Add })!;
    }

    /// <summary>Restores packages that cannot be restored.</summary>
    public TacHostException Refused(string tac, PackageOptions? options = null) => Assert.ThrowsAny<TacHostException>(() => Restore(tac, options));

    private void Set(string name, string value)
    {
        _before[name] = Environment.GetEnvironmentVariable(name);
        Environment.SetEnvironmentVariable(name, value);
    }
}
