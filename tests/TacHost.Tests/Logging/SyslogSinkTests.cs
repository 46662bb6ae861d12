using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using TacHost.Logging;

namespace TacHost.Tests.Logging;

public sealed class SyslogSinkTests : IDisposable
{
    private static readonly DateTimeOffset _time = new(2026, 11, 3, 13, 11, 35, 678, TimeSpan.FromHours(1));

    private readonly TemporaryDirectory _directory = new();
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    private string SocketPath => _directory["log"];

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Write_LocalDaemon_SendsEachLineInTheFormOfRfc3164()
    {
        using var daemon = Listen(SocketType.Dgram);
        using var sink = Local();
        Write(sink, LogLevel.Warning, "[-#warn] one\n\ttwo\n");
        Assert.Equal($"<28>Nov  3 13:11:35 poet[{Environment.ProcessId}]: [-#warn] one", await ReceiveAsync(daemon));
        Assert.Equal($"<28>Nov  3 13:11:35 poet[{Environment.ProcessId}]: \ttwo", await ReceiveAsync(daemon));
    }

    [Fact]
    public async Task Write_LocalDaemonWithAStreamSocket_EndsMessagesAsSyslog3Does()
    {
        using var daemon = Listen(SocketType.Stream);
        using var sink = Local();
        using var connection = await AcceptAsync(daemon);
        Write(sink, LogLevel.Information, "one\ntwo\n");
        var header = $"<30>Nov  3 13:11:35 poet[{Environment.ProcessId}]: ";
        Assert.Equal($"{header}one\0{header}two\0", await ReceiveAsync(connection, 2 * (header.Length + 4)));
    }

    [Fact]
    public async Task Write_Udp_SendsInTheFormOfRfc5424()
    {
        using var daemon = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        daemon.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var sink = Remote("udp", daemon);
        Write(sink, LogLevel.Critical, "[-#critical] gone 詩\n");
        Assert.Equal($"<26>1 2026-11-03T13:11:35.678000+01:00 {Environment.MachineName} poet {Environment.ProcessId} - - [-#critical] gone 詩", await ReceiveAsync(daemon));
    }

    [Fact]
    public async Task Write_Tcp_CountsOctetsAndReconnectsWithoutALoss()
    {
        using var daemon = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        daemon.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        daemon.Listen();
        using var sink = Remote("tcp", daemon);
        var header = $"<30>1 2026-11-03T13:11:35.678000+01:00 {Environment.MachineName} poet {Environment.ProcessId} - - ";
        var frame = (string text) => $"{Encoding.UTF8.GetByteCount(header + text)} {header}{text}";
        using (var first = await AcceptAsync(daemon))
        {
            Write(sink, LogLevel.Information, "詩\n");
            Assert.Equal(frame("詩"), await ReceiveAsync(first, Encoding.UTF8.GetByteCount(frame("詩"))));
            End(first);
        }

        Write(sink, LogLevel.Information, "again\n");
        using var second = await AcceptAsync(daemon);
        Assert.Equal(frame("again"), await ReceiveAsync(second, frame("again").Length));
    }

    [Fact]
    public async Task Write_DaemonRestarted_NothingIsLost()
    {
        var daemon = Listen(SocketType.Dgram);
        using var sink = Local();
        Write(sink, LogLevel.Information, "before\n");
        Assert.EndsWith(": before", await ReceiveAsync(daemon), StringComparison.Ordinal);
        End(daemon);
        Write(sink, LogLevel.Information, "meanwhile\n");
        using var restarted = Listen(SocketType.Dgram);
        Write(sink, LogLevel.Information, "after\n");
        Assert.EndsWith(": meanwhile", await ReceiveAsync(restarted), StringComparison.Ordinal);
        Assert.EndsWith(": after", await ReceiveAsync(restarted), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_NoDaemonForLong_SaysHowManyLinesAreLostInTheirPlace()
    {
        using var sink = Local(longestQueue: 1_000);
        foreach (var i in Enumerable.Range(0, 100))
            Write(sink, LogLevel.Information, $"line {i:00}\n");
        using var daemon = Listen(SocketType.Dgram);
        List<string> received = [];
        while (received.Count == 0 || !received[^1].EndsWith("later", StringComparison.Ordinal))
        {
            received.Add((await ReceiveAsync(daemon)).Split(": ", 2)[1]);
            if (received.Count(text => text.StartsWith("line", StringComparison.Ordinal)) is var count && daemon.Available == 0)
            {
                sink.Flush();
                if (daemon.Available == 0)
                    Write(sink, LogLevel.Information, "later\n");
            }
        }

        var held = received.Count - 2;
        Assert.InRange(held, 1, 99);
        Assert.Equal([.. Enumerable.Range(0, held).Select(i => $"line {i:00}"), $"! Syslog could not be reached: {LossReason(received[^2])}. Lines lost here: {100 - held}.", "later"], received);
        Assert.Equal(100 - held, sink.LostLines);
    }

    [Fact]
    public async Task Write_DaemonThatReadsNothing_HoldsNobodyUp()
    {
        using var daemon = Listen(SocketType.Dgram);
        using (var sink = Local())
        {
            var writing = Task.Run(() =>
            {
                for (var i = 0; i < 20_000; i++)
                    Write(sink, LogLevel.Information, "line of a chatty service that nobody reads\n");
            }, _cancellation);
            await writing.Soon();
        }
    }

    [Fact]
    public async Task Write_LongLine_IsContinuedInFurtherMessagesBetweenCharacters()
    {
        using var daemon = Listen(SocketType.Dgram);
        using var sink = Local();
        var text = string.Concat(Enumerable.Repeat("詩", 10_000));
        Write(sink, LogLevel.Information, text + "\n");
        var received = new StringBuilder();
        while (received.Length < text.Length)
        {
            var part = (await ReceiveAsync(daemon)).Split(": ", 2)[1];
            Assert.Equal(received.Length > 0, part.StartsWith('\t'));
            received.Append(part.TrimStart('\t'));
        }

        Assert.Equal(text, received.ToString());
    }

    /// <summary>Closing alone is not enough while another test starts a process, which has a copy of the socket until it executes its program.</summary>
    private static void End(Socket socket)
    {
        socket.Shutdown(SocketShutdown.Both);
        socket.Dispose();
    }

    private static string LossReason(string notice) => notice["! Syslog could not be reached: ".Length..notice.LastIndexOf(". Lines", StringComparison.Ordinal)];

    private static byte[] Notice(string text) => Encoding.UTF8.GetBytes($"! {text}\n");

    private static void Write(SyslogSink sink, LogLevel level, string text) => sink.Write(new LogLine(_time, level, Encoding.UTF8.GetBytes(text)));

    private static SyslogSink Remote(string scheme, Socket daemon) =>
        new(SyslogOptions.Parse($"{scheme}://127.0.0.1:{((IPEndPoint)daemon.LocalEndPoint!).Port}", "poet", "daemon"), Notice);

    private SyslogSink Local(int longestQueue = 4_000_000) => new(SyslogOptions.Parse(SocketPath, "poet", "daemon"), Notice, longestQueue);

    private Socket Listen(SocketType type)
    {
        var socket = new Socket(AddressFamily.Unix, type, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(SocketPath));
        if (type == SocketType.Stream)
            socket.Listen();
        return socket;
    }

    private async Task<Socket> AcceptAsync(Socket daemon) => await daemon.AcceptAsync(_cancellation).AsTask().WaitAsync(Bounded.Patience, _cancellation);

    private async Task<string> ReceiveAsync(Socket socket, int length = 1)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_cancellation);
        limit.CancelAfter(Bounded.Patience);
        var bytes = new byte[64 * 1024];
        var count = 0;
        while (count < length)
            count += await socket.ReceiveAsync(bytes.AsMemory(count), limit.Token);
        return Encoding.UTF8.GetString(bytes, 0, count);
    }
}
