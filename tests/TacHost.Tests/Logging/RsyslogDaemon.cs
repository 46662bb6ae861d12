using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace TacHost.Tests.Logging;

/// <summary>A real rsyslog of the test's own, that writes what it understood of each message into a file.</summary>
public sealed class RsyslogDaemon : IDisposable
{
    private const string Program = "/usr/sbin/rsyslogd";

    private readonly TemporaryDirectory _directory = new();
    private Process? _process;

    private RsyslogDaemon()
    {
    }

    public string SocketPath => _directory["log"];

    public int Port { get; } = UnusedPort.Next();

    private string OutputPath => _directory["received"];

    /// <summary>Skips the test where there is none.</summary>
    public static async Task<RsyslogDaemon> StartOrSkipAsync()
    {
        if (!File.Exists(Program) && Command.IsRoot)
            Command.TryRun("apt-get", "install", "-y", "-q", "rsyslog");
        Assert.SkipUnless(File.Exists(Program), $"there is no '{Program}' here, and it cannot be installed");
        var daemon = new RsyslogDaemon();
        await daemon.StartAsync();
        return daemon;
    }

    /// <summary>The messages as facility|severity|tag|process|text, once there are so many.</summary>
    public async Task<IReadOnlyList<string>> ReceivedAsync(int count)
    {
        await Until.TrueAsync(() => File.Exists(OutputPath) && File.ReadAllLines(OutputPath).Length >= count, $"{count} messages in rsyslog's file");
        return File.ReadAllLines(OutputPath);
    }

    public void Dispose()
    {
        _process?.Kill();
        _process?.WaitForExit();
        _process?.Dispose();
        _directory.Dispose();
    }

    private async Task StartAsync()
    {
        var configuration = _directory["rsyslog.conf"];
        await File.WriteAllTextAsync(configuration, $"""
            global(workDirectory="{_directory.Path}")
            module(load="imuxsock" SysSock.Use="off")
            module(load="imudp")
            module(load="imtcp")
            input(type="imuxsock" Socket="{SocketPath}")
            input(type="imudp" address="127.0.0.1" port="{Port}")
            input(type="imtcp" address="127.0.0.1" port="{Port}")
            template(name="understood" type="string" string="%syslogfacility-text%|%syslogseverity-text%|%programname%|%procid%|%msg%\n")
            *.* action(type="omfile" file="{OutputPath}" template="understood")

            """);
        _process = Process.Start(new ProcessStartInfo(Program, ["-n", "-f", configuration, "-i", _directory["pid"]]))!;
        await Until.TrueAsync(() => File.Exists(SocketPath) && IsListening(), "rsyslog's sockets");
        await Until.TrueAsync(() => IsBoundForUdp(), "rsyslog's UDP port");
    }

    private bool IsListening()
    {
        try
        {
            using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            probe.Connect(IPAddress.Loopback, Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private bool IsBoundForUdp()
    {
        try
        {
            using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            probe.Bind(new IPEndPoint(IPAddress.Loopback, Port));
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }
}
