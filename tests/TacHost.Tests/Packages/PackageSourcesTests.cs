using System.Net;
using System.Net.Sockets;
using TacHost.Packages;

namespace TacHost.Tests.Packages;

/// <summary>Where packages come from, and what is said if they do not.</summary>
[Collection<AloneCollection>]
public sealed class PackageSourcesTests : IDisposable
{
    private const string Low = "#r \"nuget: Low, 1.0.0\"";

    private readonly PackageSite _site = new();

    public void Dispose() => _site.Dispose();

    [Fact]
    public async Task Restore_FromAFeedWithAPassword_SendsThatOfTheConfiguration()
    {
        _site.Add("Low", "1.0.0");
        await using HttpFeed feed = new(_site["feed"]);
        _site.Configure(("mine", feed.Index), Credentials(HttpFeed.Password));
        var found = _site.Restore(Low);

        Assert.Equal(["Low 1.0.0"], found.Lock.Packages.Select(package => $"{package.Id} {package.Version}"));
        Assert.Equal([$"Restoring packages for {_site.Tac}: Low, 1.0.0"], _site.Progress);
    }

    [Fact]
    public async Task Restore_WithAWrongPassword_NamesTheFeedAndTheReason()
    {
        _site.Add("Low", "1.0.0");
        await using HttpFeed feed = new(_site["feed"]);
        _site.Configure(("mine", feed.Index), Credentials("violets"));
        var refused = _site.Refused(Low);

        Assert.Equal(ExitCode.Unavailable, refused.ExitCode);
        Assert.Contains(feed.Index, refused.Message, StringComparison.Ordinal);
        Assert.Contains("401 (Unauthorized)", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Restore_WithSourceMappings_AsksOnlyTheirSources()
    {
        _site.Add("Low", "1.0.0", "of one", feed: "one");
        _site.Add("Low", "1.0.0", "of two", feed: "two");
        _site.Add("High", "1.0.0", feed: "one");
        _site.Configure([("one", _site["one"]), ("two", _site["two"])], "<packageSourceMapping><packageSource key=\"two\"><package pattern=\"Lo*\" /><package pattern=\"Deep\" /></packageSource></packageSourceMapping>");
        Assert.Equal("of two", File.ReadAllText(Assert.Single(_site.Restore(Low).Run).Path));

        Assert.Contains($"there is no package 'High' in version 1.0.0, which '{_site.Tac}' asks for. Looked for in no source, according to packageSourceMapping in nuget.config.", _site.Refused("#r \"nuget: High, 1.0.0\"").Message, StringComparison.Ordinal);
        Assert.Contains($"Looked for in '{_site["two"]}', according to", _site.Refused("#r \"nuget: Deep, 1.0.0\"").Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "strict")]
    [InlineData("#i \"nuget: http://127.0.0.1:1/index.json\"\n", "")]
    public void Restore_FromASourceThatIsNotEncrypted_IsRefused(string directive, string name)
    {
        _site.Add("Low", "1.0.0");
        if (name.Length > 0)
            _site.Configure((name, "http://127.0.0.1:1/index.json"));

        Assert.Contains("the source 'http://127.0.0.1:1/index.json' of packages is not encrypted.", _site.Refused(directive + Low).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Restore_OfAnUnknownPackage_SaysWhereItLooked()
    {
        Directory.CreateDirectory(_site["feed"]);
        Directory.CreateDirectory(_site["mine"]);
        var refused = _site.Refused("#i \"nuget: mine\"\n#r \"nuget: Nowhere.To.Be.Found, 1.0.0\"");

        Assert.Equal((ExitCode.Unavailable, $"there is no package 'Nowhere.To.Be.Found' in version 1.0.0, which '{_site.Tac}' asks for. Looked for in '{_site["feed"]}', '{_site["mine"]}'.\n  Check name and version, or add its source with #i \"nuget: SOURCE\" or in nuget.config."), (refused.ExitCode, refused.Message));
        Assert.False(File.Exists(_site["x.csx.lock.json"]));
    }

    [Fact]
    public void Restore_WithoutANetwork_SaysWhichSourceAndWhatToDo()
    {
        var address = $"http://127.0.0.1:{UnusedPort.Next()}/index.json";
        _site.Configure(("far", address));
        var refused = _site.Refused(Low);

        Assert.Equal(ExitCode.Unavailable, refused.ExitCode);
        Assert.StartsWith($"cannot restore the packages of '{_site.Tac}' (Low, 1.0.0): ", refused.Message, StringComparison.Ordinal);
        Assert.Contains(address, refused.Message, StringComparison.Ordinal);
        Assert.Contains("Connection refused", refused.Message, StringComparison.Ordinal);
        Assert.EndsWith($"Run 'tachost restore --to packages {_site.Tac}' on a machine with a network, and copy the folder here.", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>A listener that nobody accepts from: the connection is made, and no answer comes.</summary>
    [Fact]
    public void Restore_FromASourceThatDoesNotAnswer_EndsAtItsLimit()
    {
        using TcpListener silent = new(IPAddress.Loopback, 0);
        silent.Start();
        _site.Configure(("silent", $"http://{silent.LocalEndpoint}/index.json"));
        var refused = _site.Refused(Low, new PackageOptions { TimeLimit = TimeSpan.FromSeconds(1) });

        Assert.Equal((ExitCode.TimedOut, $"restoring the packages of '{_site.Tac}' did not end within 1 s.\n  Run 'tachost restore {_site.Tac}' where the network is better, and copy the packages here."), (refused.ExitCode, refused.Message));
    }

    private static string Credentials(string password) => $"<packageSourceCredentials><mine><add key=\"Username\" value=\"{HttpFeed.User}\" /><add key=\"ClearTextPassword\" value=\"{password}\" /></mine></packageSourceCredentials>";
}
