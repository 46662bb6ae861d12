using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests.Reloading;

/// <summary>Clients that fetch a poem again and again, three quarters of them by TCP and the others by a UNIX socket. Each answer must be a whole poem that was in force.</summary>
internal sealed class PoemClients(Sandbox sandbox, int port) : IAsyncDisposable
{
    private readonly CancellationTokenSource _over = new();
    private readonly ConcurrentDictionary<string, bool> _poems = [];
    private readonly ConcurrentDictionary<string, int> _wrong = [];
    private Task[] _clients = [];
    private int _fetched;

    /// <summary>Gets how many poems have been fetched.</summary>
    public int Fetched => Volatile.Read(ref _fetched);

    /// <summary>Makes an answer a right one.</summary>
    public void Know(string poem) => _poems[poem] = true;

    public void Start(int count) => _clients = [.. Enumerable.Range(0, count).Select(i => Task.Run(() => FetchAllAsync(isUnix: i % 4 == 3)))];

    /// <summary>Waits until each client can have been served once more.</summary>
    public async Task NextAsync()
    {
        var before = Fetched;
        await Until.TrueAsync(() => Fetched > before + _clients.Length, "poems");
    }

    /// <summary>Ends the clients.</summary>
    /// <returns>Everything that was wrong, and how often.</returns>
    public async Task<IReadOnlyDictionary<string, int>> EndAsync()
    {
        await _over.CancelAsync();
        await Task.WhenAll(_clients);
        return _wrong;
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _over.Dispose();
    }

    private async Task FetchAllAsync(bool isUnix)
    {
        while (!_over.IsCancellationRequested)
        {
            try
            {
                var text = isUnix ? await FetchUnixAsync(sandbox.PathOf("poem.sock")) : Encoding.UTF8.GetString(await sandbox.FetchAsync(port));
                Interlocked.Increment(ref _fetched);
                if (!_poems.ContainsKey(text))
                    Count($"{text.Length} bytes: {text[..Math.Min(40, text.Length)]}");
            }
            catch (Exception e) when (e is SocketException or IOException)
            {
                Count($"{(isUnix ? "unix" : "tcp")}: {e.Message}");
            }
        }
    }

    private void Count(string wrong) => _wrong.AddOrUpdate(wrong, 1, (_, count) => count + 1);

    private static async Task<string> FetchUnixAsync(string path)
    {
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), TestContext.Current.CancellationToken);
        return Encoding.UTF8.GetString(await Sandbox.ReadToEndAsync(socket));
    }
}
