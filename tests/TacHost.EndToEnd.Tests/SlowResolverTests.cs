using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests;

/// <summary>A name server that takes each question and answers none: whoever needs no name is served, and the stop waits for nobody.</summary>
public sealed class SlowResolverTests
{
    private const int Names = 60;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Socks_WhileSixtyNamesAreLookedUp_ServesAddressesAndStops()
    {
        await using Sandbox sandbox = new();

        // glibc asks port 53 only, so the address is this test's own. A look-up fails after 15 s, both of glibc's and of the program's limit.
        IPAddress address = new([127, 53, (byte)(Environment.ProcessId >> 8), (byte)Environment.ProcessId]);
        sandbox.Write("resolv.conf", $"nameserver {address}\noptions timeout:15 attempts:1\n");
        sandbox.Write("nsswitch.conf", "hosts: files dns\n");
        const string mounted = "mount --bind resolv.conf /etc/resolv.conf && mount --bind nsswitch.conf /etc/nsswitch.conf && exec \"$@\"";
        Assert.SkipUnless((await sandbox.RunAsync("unshare", "--mount", "sh", "-c", mounted, "sh", "true")).ExitCode == 0, "a resolver of its own for a process needs root and mount namespaces");
        using Socket resolver = Bound(address, 53);
        using var echo = Bound(IPAddress.Loopback, 0);
        using TcpListener page = new(IPAddress.Loopback, 0);
        page.Start();

        var process = sandbox.StartProgram("unshare", "--mount", "sh", "-c", mounted, "sh", Program.Tachost, "-n", "--grace", "300", "-l", "tachost.log", "socks", "--port", "0");
        await sandbox.LoggedAsync("is running");
        using var sender = await GreetAsync(sandbox.Port());
        using var datagrams = Bound(IPAddress.Loopback, 0);
        await sender.SendAsync(Request(3, [1, 0, 0, 0, 0], ((IPEndPoint)datagrams.LocalEndPoint!).Port), Token);
        var relay = new byte[10];
        await ReadAsync(sender, relay);
        IPEndPoint relayed = new(new IPAddress(relay[4..8]), BinaryPrimitives.ReadUInt16BigEndian(relay.AsSpan(8)));

        List<Socket> waiting = [];
        for (var i = 0; i < Names; i++)
        {
            waiting.Add(await GreetAsync(sandbox.Port()));
            await waiting[^1].SendAsync(Request(1, NameOf($"h{i}.slow.test"), 80), Token);
        }

        await datagrams.SendToAsync((byte[])[0, 0, 0, .. NameOf("datagram.slow.test"), 0, 80, 1], relayed, Token);
        await AskedAsync(resolver);

        // An address over TCP and over UDP is served before the first name has failed.
        using var served = await GreetAsync(sandbox.Port());
        await served.SendAsync(Request(1, [1, 127, 0, 0, 1], ((IPEndPoint)page.LocalEndpoint).Port), Token);
        var reply = new byte[10];
        await ReadAsync(served, reply);
        Assert.Equal(0, reply[1]);
        var port = ((IPEndPoint)echo.LocalEndPoint!).Port;
        await datagrams.SendToAsync((byte[])[0, 0, 0, 1, 127, 0, 0, 1, (byte)(port >> 8), (byte)port, 42], relayed, Token);
        var received = new byte[1];
        Assert.Equal(1, await echo.ReceiveAsync(received, Token).AsTask().Soon());
        Assert.Equal(42, received[0]);
        Assert.All(waiting, each => Assert.False(each.Poll(0, SelectMode.SelectRead), "a name has failed already"));

        // The stop refuses those who wait (1), and gives none of them the answer that its look-up has failed (4).
        using var target = await page.AcceptSocketAsync(Token).AsTask().Soon();
        served.Dispose();
        sender.Dispose();

        // A relay whose client has ended alone is not idle: the target may still answer.
        Assert.Equal(0, await target.ReceiveAsync(received, Token).AsTask().Soon());
        target.Dispose();
        await sandbox.KillAsync(process.Id);
        foreach (var each in waiting)
        {
            await ReadAsync(each, reply);
            Assert.Equal(1, reply[1]);
            each.Dispose();
        }

        await process.WaitForExitAsync(Token).Soon();
        Assert.Equal(0, process.ExitCode);
        Assert.Contains("Server Shut Down.", sandbox.Log, StringComparison.Ordinal);
    }

    /// <summary>Waits until the questions for names of both kinds have come, as far as one client may ask at a time.</summary>
    private static async Task AskedAsync(Socket resolver)
    {
        HashSet<string> asked = [];
        var question = new byte[512];
        while (asked.Count < 2)
        {
            var length = await resolver.ReceiveAsync(question, Token).AsTask().Soon();
            asked.Add(Encoding.ASCII.GetString(question, 13, Math.Min(length - 13, question[12])));
        }
    }

    private static Socket Bound(IPAddress address, int port)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(address, port));
        return socket;
    }

    private static async Task<Socket> GreetAsync(int port)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, port, Token);
        await socket.SendAsync((byte[])[5, 1, 0], Token);
        var answer = new byte[2];
        await ReadAsync(socket, answer);
        Assert.Equal([5, 0], answer);
        return socket;
    }

    private static byte[] NameOf(string name) => [3, (byte)name.Length, .. Encoding.ASCII.GetBytes(name)];

    private static byte[] Request(byte command, byte[] destination, int port) => [5, command, 0, .. destination, (byte)(port >> 8), (byte)port];

    private static async Task ReadAsync(Socket socket, byte[] bytes)
    {
        for (var read = 0; read < bytes.Length;)
        {
            var count = await socket.ReceiveAsync(bytes.AsMemory(read), Token).AsTask().Soon();
            Assert.NotEqual(0, count);
            read += count;
        }
    }
}
