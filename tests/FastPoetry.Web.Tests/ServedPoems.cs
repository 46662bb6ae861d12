using System.Net;
using FastPoetry.Services;
using Microsoft.AspNetCore.Http;
using TacHost.Services;
using TacHost.Web;

namespace FastPoetry.Web.Tests;

/// <summary>Poems, and an HTTP server that serves them in some way until the end of the test.</summary>
internal sealed class ServedPoems : IAsyncDisposable
{
    private readonly RunningService _running;
    private readonly TemporaryDirectory _directory;

    private ServedPoems(RunningService running, TemporaryDirectory directory, HttpServer server)
    {
        (_running, _directory) = (running, directory);
        Client = new HttpClient { BaseAddress = new Uri($"http://{server.LocalAddresses[0]}"), Timeout = TimeSpan.FromSeconds(60) };
    }

    public HttpClient Client { get; }

    public CollectingLoggerFactory Log => _running.Log;

    public static async Task<ServedPoems> StartAsync(Func<PoetryService, RequestDelegate> handler, params (string Name, byte[] Text)[] poems)
    {
        TemporaryDirectory directory = new();
        foreach (var (name, text) in poems)
            await File.WriteAllBytesAsync(directory[name], text);
        var files = poems.Select(poem => directory[poem.Name]).ToArray();
        PoetryService poetry = new(files[0], files[1..]);
        HttpServer server = new(0, handler(poetry), IPAddress.Loopback.ToString());
        MultiService both = new();
        poetry.SetServiceParent(both);
        server.SetServiceParent(both);
        return new ServedPoems(await RunningService.StartAsync(both), directory, server);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _running.DisposeAsync();
        _directory.Dispose();
    }
}
