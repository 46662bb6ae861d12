using System.Net;
using System.Text;

namespace TacHost.Tests.Packages;

/// <summary>A NuGet feed on this machine that demands a password, with the two resources that a restore asks for.</summary>
internal sealed class HttpFeed : IAsyncDisposable
{
    public const string User = "poet", Password = "roses";

    private readonly HttpListener _listener = new() { AuthenticationSchemes = AuthenticationSchemes.Basic };
    private readonly string _directory;
    private readonly Task _serving;

    /// <param name="directory">The packages.</param>
    public HttpFeed(string directory)
    {
        _directory = directory;
        Address = $"http://127.0.0.1:{UnusedPort.Next()}/";
        _listener.Prefixes.Add(Address);
        _listener.Start();
        _serving = ServeAsync();
    }

    public string Address { get; }

    /// <summary>Gets the address of the index.</summary>
    public string Index => Address + "index.json";

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving.Soon();
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            using var response = context.Response;
            if (context.User?.Identity is not HttpListenerBasicIdentity { Name: User, Password: Password })
            {
                response.Headers.Add("WWW-Authenticate", "Basic");
                response.StatusCode = (int)HttpStatusCode.Unauthorized;
            }
            else if (Answer(context.Request.Url!.AbsolutePath) is { } body)
            {
                await response.OutputStream.WriteAsync(body);
            }
            else
            {
                response.StatusCode = (int)HttpStatusCode.NotFound;
            }
        }
    }

    private byte[]? Answer(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries) switch
    {
        ["index.json"] => Encoding.UTF8.GetBytes($$"""{ "version": "3.0.0", "resources": [ { "@id": "{{Address}}flat/", "@type": "PackageBaseAddress/3.0.0" } ] }"""),
        ["flat", var id, "index.json"] => Encoding.UTF8.GetBytes($$"""{ "versions": [ {{string.Join(", ", Packages(id).Select(name => $"\"{name[(id.Length + 1)..^".nupkg".Length]}\""))}} ] }"""),
        ["flat", var id, _, var file] when Packages(id).FirstOrDefault(name => name.Equals(file, StringComparison.OrdinalIgnoreCase)) is { } name => File.ReadAllBytes(Path.Combine(_directory, name)),
        _ => null,
    };

    private IEnumerable<string> Packages(string id) =>
        Directory.GetFiles(_directory, "*.nupkg").Select(path => Path.GetFileName(path)).Where(name => name.StartsWith(id + ".", StringComparison.OrdinalIgnoreCase));
}
