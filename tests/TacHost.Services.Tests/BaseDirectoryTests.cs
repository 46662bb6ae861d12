using System.Net;
using System.Net.Sockets;
using TacHost.Services.Networking;

namespace TacHost.Services.Tests;

public sealed class BaseDirectoryTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("tachost-base").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void BaseDirectory_NotSet_IsTheWorkingDirectory() =>
        Assert.Equal(Environment.CurrentDirectory, new Application("app").BaseDirectory);

    [Fact]
    public void BaseDirectory_OfARelativePath_Throws()
    {
        var e = Assert.Throws<ArgumentException>(() => new Application("app").BaseDirectory = "poems");

        Assert.Contains("'poems'", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("poem.txt", "/srv/a/poem.txt")]
    [InlineData("../poem.txt", "/srv/poem.txt")]
    [InlineData("/poem.txt", "/poem.txt")]
    public void ResolvePath_StartsAtTheBaseDirectory(string path, string expected)
    {
        Application application = new("app") { BaseDirectory = "/srv/a" };
        MultiService child = new();
        child.SetServiceParent(application);

        Assert.Equal(expected, application.ResolvePath(path));
        Assert.Equal(expected, child.ResolvePath(path));
    }

    [Fact]
    public void ResolvePath_OutsideOfAnApplication_StartsAtTheWorkingDirectory() =>
        Assert.Equal(Path.Combine(Environment.CurrentDirectory, "poem.txt"), new MultiService().ResolvePath("poem.txt"));

    [Fact]
    public async Task UnixServer_WithARelativePath_IsInTheBaseDirectory()
    {
        Application application = new("app") { BaseDirectory = _directory };
        new UnixServer("app.sock", new SilentFactory()).SetServiceParent(application);

        await application.StartAsync(TestContext.Current.CancellationToken);
        var path = Path.Combine(_directory, "app.sock");
        using Socket client = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await client.ConnectAsync(new UnixDomainSocketEndPoint(path), TestContext.Current.CancellationToken);
        await application.StopAsync(TestContext.Current.CancellationToken);

        Assert.False(File.Exists(path));
    }

    [Fact]
    public async Task TlsServer_WithARelativeCertificate_ReadsItFromTheBaseDirectory()
    {
        Application application = new("app") { BaseDirectory = _directory };
        new TlsServer(0, new SilentFactory(), new TlsOptions(TlsCertificate.FromPem("none.pem"))).SetServiceParent(application);

        var e = await Assert.ThrowsAsync<CannotListenException>(() => application.StartAsync(TestContext.Current.CancellationToken));

        Assert.Contains(Path.Combine(_directory, "none.pem"), e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void PasswordFile_LoadedForADirectory_IsReadThere()
    {
        File.WriteAllText(Path.Combine(_directory, "users"), "# nobody yet\n");
        PasswordFile file = new("users") { BaseDirectory = _directory };

        file.Load();

        Assert.Equal(Path.Combine(_directory, "users"), file.Path);
    }

    /// <summary>A property of a service with this name would hide the class.</summary>
    [Fact]
    public void Path_InAService_IsThatOfSystemIO() => Assert.Equal("poems/ecstasy.txt", Joining.Poem);

    private sealed class Joining : Service
    {
        public static string Poem => Path.Combine("poems", "ecstasy.txt");
    }

    private sealed class SilentFactory : ServerFactory
    {
        protected internal override Protocol? BuildProtocol(EndPoint peer) => null;
    }
}
