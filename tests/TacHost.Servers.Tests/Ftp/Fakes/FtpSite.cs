using System.Globalization;
using System.Net;
using TacHost.Ftp;
using TacHost.Services;
using TacHost.Services.Networking;

namespace TacHost.Servers.Tests.Ftp.Fakes;

/// <summary>A running FTP server with some files in its root, and one beside the root that nobody may ever see.</summary>
internal sealed class FtpSite : IAsyncDisposable
{
    public const string Secret = "what-nobody-may-see";

    /// <summary>Of the password <c>secret</c>; cheap, since tests log in often.</summary>
    private const string Hash = "$2y$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a";

    private readonly TemporaryDirectory _directory = new();
    private RunningService? _running;
    private FtpServer? _server;

    private FtpSite()
    {
        Root = Directory.CreateDirectory(_directory["root"]).FullName;
        Outside = Directory.CreateDirectory(_directory["outside"]).FullName;
        File.WriteAllText(_directory["outside/secret.txt"], Secret);
        Directory.CreateDirectory(this["pub/deep"]);
        Directory.CreateDirectory(this["home/alice"]);
        File.WriteAllText(this["pub/poem.txt"], "I celebrate myself\nand sing myself\n");
        File.WriteAllText(this["pub/deep/Überschrift.txt"], "schön");
        File.WriteAllText(this["home/alice/own.txt"], "mine");
        File.WriteAllText(this[".hidden"], "hidden");
        File.CreateSymbolicLink(this["inside.txt"], "pub/poem.txt");
        File.CreateSymbolicLink(this["outside.txt"], _directory["outside/secret.txt"]);
        File.CreateSymbolicLink(this["climbing.txt"], "../outside/secret.txt");
        Directory.CreateSymbolicLink(this["outside"], _directory["outside"]);
        Directory.CreateSymbolicLink(this["pub/up"], "../../outside");
        File.WriteAllText(_directory["users"], $"bob:{Hash}\nalice:{Hash}:/home/alice\nlost:{Hash}:/nowhere\n");
        File.SetUnixFileMode(_directory["users"], UnixFileMode.UserRead | UnixFileMode.UserWrite);
        (CertificateFile, KeyFile) = TestCertificates.WritePem(_directory, "localhost");
    }

    public string Root { get; }

    public string Outside { get; }

    public string CertificateFile { get; }

    public string KeyFile { get; }

    public string UsersFile => _directory["users"];

    public PasswordFile Users => new(UsersFile);

    public TlsCertificate Certificate => TlsCertificate.FromPem(CertificateFile, KeyFile);

    public IPEndPoint EndPoint => _server!.LocalAddresses[0];

    public string Port => EndPoint.Port.ToString(CultureInfo.InvariantCulture);

    public CollectingLoggerFactory Log => _running!.Log;

    /// <summary>A file in the root.</summary>
    public string this[string path] => Path.Combine(Root, path);

    /// <summary>A site that everybody may read and bob and alice may write.</summary>
    public static Task<FtpSite> StartAsync() => StartAsync(site => new FtpServer(site.Root, 0, "127.0.0.1") { Users = site.Users, UsersMayWrite = true });

    public static Task<FtpSite> StartTlsAsync(bool required = false) => StartAsync(site =>
        new FtpServer(site.Root, 0, "127.0.0.1") { Users = site.Users, UsersMayWrite = true, Certificate = site.Certificate, RequireTls = required });

    public static async Task<FtpSite> StartAsync(Func<FtpSite, FtpServer> make)
    {
        FtpSite site = new();
        site._server = make(site);
        site._running = await RunningService.StartAsync(site._server);
        return site;
    }

    public Task<FtpClient> ConnectAsync() => FtpClient.ConnectAsync(EndPoint);

    /// <summary>A client that has logged in.</summary>
    public async Task<FtpClient> LogInAsync(string user = "bob", string password = "secret")
    {
        var client = await ConnectAsync();
        await client.SayAsync($"USER {user}", 331);
        await client.SayAsync($"PASS {password}", 230);
        await client.SayAsync("TYPE I", 200);
        return client;
    }

    public Task StopAsync() => _running!.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _running!.DisposeAsync();
        _directory.Dispose();
    }
}
