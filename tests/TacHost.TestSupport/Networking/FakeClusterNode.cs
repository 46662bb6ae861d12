using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace TacHost.TestSupport;

/// <summary>A node of a cluster with three nodes at 127.0.0.1 to 127.0.0.3, whose control socket is in this process. There can be one at a time.</summary>
public sealed class FakeClusterNode : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly string _pidFile;
    private int _questions;

    /// <summary>Starts to listen, and writes a pid file.</summary>
    /// <param name="directory">The run directory.</param>
    /// <param name="process">The process that the node claims to be. Defaults to null: this one.</param>
    public FakeClusterNode(string directory, int? process = null)
    {
        var id = (process ?? Environment.ProcessId).ToString(CultureInfo.InvariantCulture);
        _pidFile = Path.Combine(directory, "emperor.pid");
        File.WriteAllText(_pidFile, id);
        _listener.Bind(new UnixDomainSocketEndPoint($"\0tachost/{id}"));
        _listener.Listen();
        _ = AcceptAsync();
    }

    /// <summary>Gets or sets the line that answers a question, without its line feed.</summary>
    public string Answer { get; set; } = Reporting();

    /// <summary>Gets how many questions were answered.</summary>
    public int Questions => Volatile.Read(ref _questions);

    /// <summary>Returns the answer that reports deployments, each with its node and the address at which it listens; or with nulls if it does not run.</summary>
    public static string Reporting(params IReadOnlyList<(string Name, int? Node, string? Address)> deployments) => Reporting(
        string.Join(',', Enumerable.Range(1, 3).Select(node => Node(node, "up", string.Join(',', deployments.Select(each => Unit(each.Name, each.Node == node, "running", each.Node == node ? each.Address : null)))))));

    /// <summary>Returns the answer with nodes, and with deployments of the desired set.</summary>
    public static string Reporting(string nodes, bool isApplied = false, string desired = "", bool isReady = true) =>
        $$$$"""{"jsonrpc":"2.0","id":1,"result":{"node":"n1","ready":{{{{Word(isReady)}}}},"nodes":[{{{{nodes}}}}],"desired":{"version":1,"applied":{{{{Word(isApplied)}}}},"draining":[],"units":[{{{{desired}}}}]}}}""";

    /// <summary>Returns a node of an answer.</summary>
    public static string Node(int number, string state, string units, string? address = null) =>
        string.Create(CultureInfo.InvariantCulture, $$"""{"name":"n{{number}}","address":"{{address ?? $"127.0.0.{number}:4053"}}","state":"{{state}}","units":[{{units}}]}""");

    /// <summary>Returns a deployment of a node of an answer.</summary>
    public static string Unit(string name, bool isHere, string state, params IEnumerable<string?> addresses) =>
        $$"""{"name":"{{name}}","here":{{Word(isHere)}},"state":"{{state}}","addresses":[{{string.Join(',', addresses.OfType<string>().Select(address => $"\"{address}\""))}}]}""";

    public void Dispose()
    {
        _listener.Dispose();
        File.Delete(_pidFile);
    }

    private static string Word(bool value) => value ? "true" : "false";

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = AnswerAsync(await _listener.AcceptAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The node has ended.
        }
    }

    private async Task AnswerAsync(Socket client)
    {
        using (client)
        {
            var buffer = new byte[1024];
            var count = await client.ReceiveAsync(buffer);
            Assert.Equal("""{"jsonrpc":"2.0","id":1,"method":"cluster"}""" + "\n", Encoding.ASCII.GetString(buffer, 0, count));
            Interlocked.Increment(ref _questions);
            await client.SendAsync(Encoding.UTF8.GetBytes(Answer + "\n"));
        }
    }
}
