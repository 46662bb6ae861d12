using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace TacHost.EndToEnd.Tests.Control;

/// <summary>A client of a control socket that keeps to no rules.</summary>
internal sealed class ControlSocket : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly StreamReader _lines;

    public ControlSocket(int process)
    {
        _socket.Connect(new UnixDomainSocketEndPoint($"\0tachost/{process}"));
        _lines = new StreamReader(new NetworkStream(_socket));
    }

    public static string Request(string method, string parameters = "{}") => $$"""{"jsonrpc":"2.0","id":1,"method":"{{method}}","params":{{parameters}}}""" + "\n";

    public Task SendAsync(string text) => _socket.SendAsync(Encoding.UTF8.GetBytes(text), TestContext.Current.CancellationToken).AsTask().WaitAsync(Bounded.Patience, TestContext.Current.CancellationToken);

    /// <summary>Sends until the kernel takes no more, and reads nothing.</summary>
    /// <returns>The number of bytes that were taken.</returns>
    public int Flood(string text)
    {
        var (bytes, count) = (Encoding.UTF8.GetBytes(text), 0);
        _socket.Blocking = false;
        try
        {
            while (true)
                count += _socket.Send(bytes);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock)
        {
            return count;
        }
        finally
        {
            _socket.Blocking = true;
        }
    }

    /// <summary>Returns the next line, or null at the end.</summary>
    public async Task<string?> LineAsync()
    {
        try
        {
            return await _lines.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Bounded.Patience, TestContext.Current.CancellationToken);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Calls a method.</summary>
    /// <returns>The response.</returns>
    public async Task<JsonElement> CallAsync(string method, string parameters = "{}")
    {
        await SendAsync(Request(method, parameters));
        return JsonElement.Parse(await LineAsync() ?? throw new InvalidOperationException("The connection has ended."));
    }

    public void Dispose()
    {
        _lines.Dispose();
        _socket.Dispose();
    }
}
