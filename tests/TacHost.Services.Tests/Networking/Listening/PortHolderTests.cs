using System.Net;
using System.Net.Sockets;
using TacHost.Services.Networking.Listening;

namespace TacHost.Services.Tests.Networking.Listening;

public sealed class PortHolderTests
{
    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1", true)]
    [InlineData("0.0.0.0", "127.0.0.1", true)]
    [InlineData("127.0.0.1", "0.0.0.0", true)]
    [InlineData("127.0.0.2", "127.0.0.1", false)]
    [InlineData("::1", "::1", true)]
    [InlineData("::", "127.0.0.1", true)]
    [InlineData("::1", "127.0.0.1", false)]
    [InlineData("::ffff:127.0.0.1", "127.0.0.1", true)]
    public void Describe_Listener_IsNamedWhereItStandsInTheWay(string held, string wanted, bool clashes)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only /proc tells who holds a port.");
        var address = IPAddress.Parse(held);
        Assert.SkipUnless(address.AddressFamily == AddressFamily.InterNetwork || Socket.OSSupportsIPv6, "This machine has no IPv6.");
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        if (address.IsIPv4MappedToIPv6)
            socket.DualMode = true;
        socket.Bind(new IPEndPoint(address, 0));
        socket.Listen();

        var found = PortHolder.Describe(new IPEndPoint(IPAddress.Parse(wanted), ((IPEndPoint)socket.LocalEndPoint!).Port));
        if (clashes)
            Assert.StartsWith($"process {Environment.ProcessId} (TacHost.Services.Tests", found, StringComparison.Ordinal);
        else
            Assert.Null(found);
    }

    /// <summary>Any user may start a program with any arguments, and what it says goes to the terminal of root.</summary>
    [Fact]
    public async Task Describe_CommandLineWithControlCharacters_IsEscaped()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/python3"), "python3 is not installed");
        using var holder = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("/usr/bin/python3", ["-c", "import socket, sys; s = socket.create_server(('127.0.0.1', 0)); print(s.getsockname()[1], flush=True); sys.stdin.read()", "a\nb\u001b[2J\u202ec"]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        var port = int.Parse((await holder.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken))!, System.Globalization.CultureInfo.InvariantCulture);
        var found = PortHolder.Describe(new IPEndPoint(IPAddress.Loopback, port));
        holder.StandardInput.Close();
        await holder.WaitForExitAsync(TestContext.Current.CancellationToken).Soon();

        Assert.StartsWith($"process {holder.Id} (python3 -c ", found, StringComparison.Ordinal);
        Assert.EndsWith(@" a\u000ab\u001b[2J\u202ec)", found, StringComparison.Ordinal);
    }

    [Fact]
    public void Describe_BoundButNotListening_IsNobody()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Assert.Null(PortHolder.Describe((IPEndPoint)socket.LocalEndPoint!));
    }
}
