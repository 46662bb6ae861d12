using System.Net;
using System.Text;
using TacHost.Services.Networking;

namespace TacHost.Web.Tests.Fakes;

/// <summary>A web server on a directory of its own, and curl to look at it.</summary>
internal sealed class Site : IAsyncDisposable
{
    private RunningService? _running;

    public TemporaryDirectory Files { get; } = new();

    public WebServer? Server { get; private set; }

    public CollectingLoggerFactory Log => _running!.Log;

    public string Address => $"{(Certificate is null ? "http" : "https")}://localhost:{Port}";

    public int Port => ((IPEndPoint)Server!.LocalAddresses[0]).Port;

    public string? Certificate { get; private set; }

    public string Root => Files["root"];

    /// <summary>Starts the server; the directory has what was written into it, and may be added to.</summary>
    public async Task StartAsync(Func<string, WebServer>? make = null)
    {
        Directory.CreateDirectory(Root);
        Server = make is null ? new WebServer(0, Root, "127.0.0.1") : make(Root);
        _running = await RunningService.StartAsync(Server);
    }

    public Task StartWithTlsAsync()
    {
        var (certificate, key) = TestCertificates.WritePem(Files, "localhost");
        Certificate = certificate;
        return StartAsync(root => new WebServer(ServerEndpoint.Tls(0, new TlsOptions(TlsCertificate.FromPem(certificate, key)), "127.0.0.1"), root));
    }

    public string Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));

    public string Write(string name, byte[] content)
    {
        var path = Path.Combine(Root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        return path;
    }

    /// <summary>The body that curl gets.</summary>
    public Task<string> CurlAsync(string path, params IEnumerable<string> options) =>
        RealClient.RunAsync("curl", "", ["-s", "-g", "--path-as-is", "--max-time", "60", "--resolve", $"localhost:{Port}:127.0.0.1", .. Certificate is null ? [] : (string[])["--cacert", Certificate], .. options, Address + path]);

    /// <summary>The status, and the body.</summary>
    public async Task<(int Status, string Body)> GetAsync(string path, params IEnumerable<string> options)
    {
        var answer = await CurlAsync(path, ["-w", "\n%{http_code}", .. options]);
        var end = answer.LastIndexOf('\n');
        return (int.Parse(answer[(end + 1)..], System.Globalization.CultureInfo.InvariantCulture), answer[..end]);
    }

    /// <summary>The status line and the headers, in lower case.</summary>
    public async Task<string> HeadersAsync(string path, params IEnumerable<string> options) =>
        (await CurlAsync(path, ["-o", "/dev/null", "-D", "-", .. options])).ToLowerInvariant();

    public Task StopAsync() => _running!.StopAsync();

    public async ValueTask DisposeAsync()
    {
        if (_running is not null)
            await _running.DisposeAsync();
        Files.Dispose();
    }
}
