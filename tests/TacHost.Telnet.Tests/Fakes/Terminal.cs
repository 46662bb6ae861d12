using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace TacHost.Telnet.Tests.Fakes;

/// <summary>A raw connection to a telnet server, which types and reads.</summary>
internal sealed partial class Terminal : IDisposable
{
    private readonly TcpClient _client = new(AddressFamily.InterNetwork);
    private readonly StringBuilder _seen = new();
    private NetworkStream _stream = null!;

    /// <param name="server">The server.</param>
    /// <param name="from">The own address, or null for any.</param>
    public static async Task<Terminal> ConnectAsync(TelnetServer server, string? from = null)
    {
        Terminal terminal = new();
        if (from is not null)
            terminal._client.Client.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        await terminal._client.ConnectAsync(server.LocalAddresses[0], TestContext.Current.CancellationToken);
        terminal._stream = terminal._client.GetStream();
        return terminal;
    }

    /// <summary>Connects and logs in with the password that the log tells.</summary>
    public static async Task<Terminal> LogInAsync(TelnetServer server, RunningService running)
    {
        var terminal = await ConnectAsync(server);
        await terminal.SeeAsync("password: ");
        await terminal.TypeAsync(PasswordIn(running) + "\r\n");
        await terminal.SeeAsync("> ");
        return terminal;
    }

    public static string PasswordIn(RunningService running) => Password().Match(string.Join('\n', running.Log.Lines.Select(line => line.Text))).Groups["password"].Value;

    public Task TypeAsync(string text) => TypeAsync(Encoding.UTF8.GetBytes(text));

    public async Task TypeAsync(byte[] bytes) => await _stream.WriteAsync(bytes, TestContext.Current.CancellationToken);

    /// <summary>Types a line, and reads until the next prompt.</summary>
    public async Task<string> AskAsync(string line)
    {
        await TypeAsync(line + "\r\n");
        await SeeAsync("\r\n");
        return await SeeAsync("> ");
    }

    /// <summary>Reads until a text has come, and takes all up to its end.</summary>
    public async Task<string> SeeAsync(string text)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Bounded.Patience);
        var buffer = new byte[4096];
        while (true)
        {
            var all = _seen.ToString();
            if (all.IndexOf(text, StringComparison.Ordinal) is >= 0 and var at)
            {
                _seen.Remove(0, at + text.Length);
                return all[..(at + text.Length)];
            }

            int count;
            try
            {
                count = await _stream.ReadAsync(buffer, limit.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"Waited in vain for '{text}' in '{all}'.");
            }

            if (count == 0)
                throw new EndOfStreamException($"The connection was closed without '{text}' in '{all}'.");
            _seen.Append(Encoding.UTF8.GetString(buffer, 0, count));
        }
    }

    /// <summary>Reads until the server closes.</summary>
    public async Task<string> SeeAllAsync()
    {
        using StreamReader reader = new(_stream);
        try
        {
            return _seen + await reader.ReadToEndAsync(TestContext.Current.CancellationToken).Soon();
        }
        catch (IOException)
        {
            return _seen.ToString();
        }
    }

    public void Dispose() => _client.Dispose();

    [GeneratedRegex("generated the password (?<password>[a-z0-9]+)")]
    private static partial Regex Password();
}
