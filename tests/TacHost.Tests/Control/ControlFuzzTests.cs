using System.Net.Sockets;
using System.Text;
using TacHost.Control.Server;

namespace TacHost.Tests.Control;

/// <summary>Mutated requests on the control socket: each is answered or refused, the connection serves the next one, and no defect is logged.</summary>
[Collection("control socket")]
public sealed class ControlFuzzTests
{
    private const string Ping = """{"jsonrpc":"2.0","id":"ping","method":"who"}""";

    private static readonly string[] _seeds = ["""{"jsonrpc":"2.0","id":1,"method":"who","params":{"name":"a\ud83d\ude00","lines":3,"flag":true}}""", """{"jsonrpc":"2.0","id":"x","method":"text","params":{"name":"\u0041\n"}}"""];

    [Fact]
    public void Requests_Mutated_AreAnsweredOrRefused() => Run(500);

    [Fact]
    [LongSet]
    public void Requests_MuchMutated_AreAnsweredOrRefused() => Run(20_000);

    /// <summary>What no mutation finds soon: half of a surrogate pair, which a JSON text may contain and a string of .NET may not.</summary>
    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"\ud83d"}""", "The 'method' of a request is a string.")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"text","params":{"name":"\ud83d"}}""", "The parameter 'name' is not valid Unicode.")]
    public void Request_WithHalfASurrogatePair_IsRefused(string request, string reason)
    {
        CollectingLoggerFactory log = new();
        using var server = Listen(log);
        using var socket = Connect(server);
        Assert.Contains(reason, Ask(socket, request), StringComparison.Ordinal);
        Assert.DoesNotContain(log.Lines, line => line.Failure is not null);
    }

    private static void Run(int count)
    {
        CollectingLoggerFactory log = new();
        using var server = Listen(log);
        var socket = Connect(server);
        Random random = new(1021);
        for (var i = 0; i < count; i++)
        {
            var request = Mutation.Of(random, _seeds).Replace("\n", "", StringComparison.Ordinal);
            if (Ask(socket, request) is not null)
                continue;
            socket.Dispose();
            socket = Connect(server);
        }

        Assert.NotNull(Ask(socket, ""));
        socket.Dispose();
        Assert.DoesNotContain(log.Lines, line => line.Failure is not null);
    }

    /// <summary>Sends a request and one that is answered, and returns all answers, or null if the connection was closed.</summary>
    private static string? Ask(Socket socket, string request)
    {
        socket.Send(Encoding.UTF8.GetBytes($"{request}\n{Ping}\n"));
        StringBuilder answers = new();
        while (ReadLine(socket) is { } answer)
        {
            Assert.StartsWith("{\"jsonrpc\":\"2.0\",", answer, StringComparison.Ordinal);
            answers.AppendLine(answer);
            if (answer.Contains("\"ping\"", StringComparison.Ordinal))
                return answers.ToString();
        }

        return null;
    }

    private static ControlServer Listen(CollectingLoggerFactory log)
    {
        var server = ControlServer.Listen(log.CreateLogger("control"))!;
        server.Serve(() =>
        {
            ControlMethods methods = new();
            methods.Add("who", call => { });
            methods.Add("text", call => call.RequiredText("name"));
            return methods;
        });
        return server;
    }

    private static Socket Connect(ControlServer server)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { ReceiveTimeout = (int)Bounded.Patience.TotalMilliseconds };
        socket.Connect(new UnixDomainSocketEndPoint($"\0{server.Name}"));
        return socket;
    }

    private static string? ReadLine(Socket socket)
    {
        List<byte> line = [];
        var one = new byte[1];
        while (socket.Receive(one) > 0)
        {
            if (one[0] == (byte)'\n')
                return Encoding.UTF8.GetString([.. line]);
            line.Add(one[0]);
        }

        return null;
    }
}
