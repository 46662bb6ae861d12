using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace TacHost.Servers.Tests.Ftp.Fakes;

/// <summary>Says what it is told to, and knows which reply to expect.</summary>
internal sealed class FtpClient : IDisposable
{
    private readonly Client _client;
    private readonly byte[] _one = new byte[1];

    private FtpClient(Client client) => _client = client;

    public Socket Socket => _client.Socket;

    public static async Task<FtpClient> ConnectAsync(IPEndPoint endPoint)
    {
        FtpClient client = new(await Client.ConnectAsync(endPoint));
        await client.ExpectAsync(220);
        return client;
    }

    /// <summary>Connects, whatever the server says to that.</summary>
    public static async Task<FtpClient> ConnectRawAsync(IPEndPoint endPoint) => new(await Client.ConnectAsync(endPoint));

    /// <summary>Says something and returns the reply, which must have this code.</summary>
    public async Task<string> SayAsync(string line, int code)
    {
        await SendAsync($"{line}\r\n");
        return await ExpectAsync(code);
    }

    public Task SendAsync(string text) => _client.SendAsync(text);

    public Task SendAsync(byte[] data) => _client.SendAsync(data);

    public async Task<string> ExpectAsync(int code)
    {
        var reply = await ReadReplyAsync();
        Assert.True(reply.StartsWith(code.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal), $"{code} was expected, and this came: {reply}");
        return reply;
    }

    /// <summary>A whole reply, of one line or several; empty at the end.</summary>
    public async Task<string> ReadReplyAsync()
    {
        StringBuilder reply = new();
        while (await ReadLineAsync() is { } line)
        {
            reply.Append(line).Append('\n');
            if (line.Length >= 4 && char.IsDigit(line[0]) && line[3] == ' ')
                break;
        }

        return reply.ToString();
    }

    /// <summary>Goes on under TLS, with whatever certificate.</summary>
    public async Task StartTlsAsync()
    {
        await SayAsync("AUTH TLS", 234);
        SslStream tls = new(_client.Stream, leaveInnerStreamOpen: false, (_, certificate, _, _) => certificate is not null);
        _client.Stream = tls;
        await tls.AuthenticateAsClientAsync("localhost").Soon();
    }

    /// <summary>Opens a passive data connection.</summary>
    public async Task<Client> PassiveAsync() => await Client.ConnectAsync(new IPEndPoint(IPAddress.Loopback, await ExtendedPassiveAsync()));

    public async Task<int> ExtendedPassiveAsync()
    {
        var reply = await SayAsync("EPSV", 229);
        return int.Parse(reply[(reply.IndexOf("|||", StringComparison.Ordinal) + 3)..].Split('|')[0], CultureInfo.InvariantCulture);
    }

    /// <summary>What comes on a data connection for a command.</summary>
    public async Task<string> GetAsync(string command)
    {
        using var data = await PassiveAsync();
        await SayAsync(command, 150);
        var all = Encoding.UTF8.GetString(await data.ReadToEndAsync());
        await ExpectAsync(226);
        return all;
    }

    /// <summary>Sends a text on a data connection for a command.</summary>
    public async Task PutAsync(string command, string text)
    {
        using (var data = await PassiveAsync())
        {
            await SayAsync(command, 150);
            await data.SendAsync(text);
        }

        await ExpectAsync(226);
    }

    public void Dispose() => _client.Dispose();

    private async Task<string?> ReadLineAsync()
    {
        List<byte> line = [];
        while (await _client.Stream.ReadAsync(_one).AsTask().Soon() == 1)
        {
            if (_one[0] == '\n')
                return Encoding.UTF8.GetString([.. line]).TrimEnd('\r');
            line.Add(_one[0]);
        }

        return null;
    }
}
