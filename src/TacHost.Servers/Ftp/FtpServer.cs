using System.Net;
using System.Net.Sockets;
using TacHost.Servers.Ftp.Files;
using TacHost.Servers.Ftp.Sessions;
using TacHost.Services;
using TacHost.Services.Networking;

namespace TacHost.Servers.Ftp;

/// <summary>A service that serves the files below a directory by FTP (RFC 959, 2389, 2428, 3659, 4217).</summary>
/// <remarks>
/// By default anybody may read and nobody may write. Nothing outside the root is ever opened, whatever names, symbolic links and races there are:
/// the kernel resolves every name below the root. Clients see paths that begin at the root, and no other.
/// The port is bound, and the root, the users and the certificate are read, in the privileged part of the start.
/// A stop closes the port, ends idle sessions at once, and lets transfers finish within the grace period.
/// Ported from <c>twisted.tap.ftp</c>.
/// </remarks>
public sealed class FtpServer : MultiService
{
    /// <summary>The port by default: 2121, as in the original.</summary>
    public const int DefaultPort = 2121;

    private readonly string _root;
    private readonly TcpServer _listener;

    /// <summary>Describes a server. Nothing is opened before the start.</summary>
    /// <param name="root">The directory to serve.</param>
    /// <param name="port">The port, or 0 for one that the system picks; see <see cref="EndPoints"/>. Defaults to 2121.</param>
    /// <param name="iface">Where to listen, as for <see cref="TcpServer"/>. Defaults to <c>localhost</c>; the empty string is every interface.</param>
    /// <exception cref="ArgumentOutOfRangeException">The port is not between 0 and 65535.</exception>
    public FtpServer(string root, int port = DefaultPort, string iface = "localhost")
    {
        ArgumentException.ThrowIfNullOrEmpty(root);
        _root = root;
        _listener = new TcpServer(port, new FtpFactory(this), iface);
        _listener.SetName("tcp");
        AddService(_listener);
        Sessions = new FtpSessions(this);
        Sessions.SetName("sessions");
        AddService(Sessions);
    }

    /// <summary>The addresses it listens on, with the port that was picked for 0. Empty while it is not bound.</summary>
    public IReadOnlyList<IPEndPoint> EndPoints => _listener.EndPoints;

    /// <summary>Whether anybody may log in as <c>anonymous</c> or <c>ftp</c>, to read. Defaults to true.</summary>
    public bool AllowAnonymous { get; init; } = true;

    /// <summary>Who else may log in. The home of a user, if it has one, is a directory below the root, and all that the user sees. Defaults to nobody.</summary>
    public PasswordFile? Users { get; init; }

    /// <summary>Whether these may write. Defaults to false.</summary>
    public bool UsersMayWrite { get; init; }

    /// <summary>The ports for passive data connections. Defaults to any that is free.</summary>
    public PortRange? PassivePorts { get; init; }

    /// <summary>The IPv4 address that PASV tells clients, if they reach this machine by another than its own. Defaults to the one on which the client came.</summary>
    public IPAddress? PassiveAddress { get; init; }

    /// <summary>For TLS, which clients begin with AUTH TLS. With a certificate, passwords are taken under TLS only. Defaults to none.</summary>
    public TlsCertificate? Certificate { get; init; }

    /// <summary>Whether everybody must speak TLS, on data connections too. Defaults to false.</summary>
    public bool RequireTls { get; init; }

    /// <summary>How many sessions there may be. Defaults to 200. Others are told to come back later.</summary>
    public int MaxSessions { get; init; } = 200;

    /// <summary>How many there may be from one address. Defaults to 20.</summary>
    public int MaxSessionsPerAddress { get; init; } = 20;

    /// <summary>After how long a session ends in which nothing is said and nothing transferred. Defaults to 5 minutes; before the login it is 1 minute.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>After how long a transfer ends in which nothing moves. Defaults to 2 minutes.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>What clients are greeted with, in one line. Defaults to <c>FTP server ready.</c></summary>
    public string Greeting { get; init; } = "FTP server ready.";

    internal TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Whether to do without the kernel's help, as on a kernel that has none to give.</summary>
    internal bool ResolveByName { get; init; }

    internal RootedDirectory? Root { get; private set; }

    internal TlsServerHandshake? Tls { get; private set; }

    internal FtpSessions Sessions { get; }

    /// <summary>Gets the limit for the lines about refused sessions and connections.</summary>
    internal LogLimit RefusalLines { get; } = new();

    /// <summary>Gets the limit for the lines about wrong passwords, of which programs that lock addresses out want many.</summary>
    internal LogLimit PasswordLines { get; } = new(100);

    /// <inheritdoc/>
    protected override Task OnPrivilegedStartAsync(CancellationToken cancellationToken)
    {
        if (Contradiction is { } contradiction)
            throw new InvalidOperationException($"The service '{ServicePath}' cannot serve FTP, because {contradiction}");
        if (Users is not null)
        {
            Users.BaseDirectory = Application?.BaseDirectory;
            RecordFile(Users.Path);
            Users.Load();
        }

        if (Certificate is not null)
            Tls = new TlsServerHandshake(new TlsOptions(Certificate), ServicePath, Logger, Application);
        try
        {
            Root = RootedDirectory.Open(ResolvePath(_root), ResolveByName);
        }
        catch (IOException e)
        {
            throw new IOException($"The service '{ServicePath}' cannot serve FTP: {e.Message} Name a directory that this process can read.", e);
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override Task OnStartAsync(CancellationToken cancellationToken)
    {
        Sessions.Reset();
        FtpLog.Serving(Logger, ResolvePath(_root), (AllowAnonymous, Users) switch
        {
            (true, null) => "anybody, to read",
            (true, _) => $"anybody, to read, and to the users of '{Users.Path}', to {(UsersMayWrite ? "write" : "read")}",
            _ => $"the users of '{Users!.Path}', to {(UsersMayWrite ? "write" : "read")}",
        });
        if (Users is not null && Certificate is null)
            FtpLog.PasswordsInTheClear(Logger);
        if (!Root!.FollowsLinks)
            FtpLog.LinksNotFollowed(Logger);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override Task OnStopAsync(CancellationToken cancellationToken)
    {
        Root?.Dispose();
        (Root, Tls) = (null, null);
        return Task.CompletedTask;
    }

    /// <summary>What is wrong with the settings together.</summary>
    private string? Contradiction =>
        !AllowAnonymous && Users is null ? "nobody could log in: anonymous users are not allowed, and there are no others. Give it a PasswordFile." :
        RequireTls && Certificate is null ? "TLS is required, and there is no certificate for it. Give it a TlsCertificate." :
        UsersMayWrite && Users is null ? "users may write, and there are none. Give it a PasswordFile." :
        PassiveAddress is { AddressFamily: not AddressFamily.InterNetwork } ? $"the passive address {PassiveAddress} is not an IPv4 address. IPv6 clients need none." :
        MaxSessions < 1 || MaxSessionsPerAddress < 1 ? "there could be no session. Set the limits to 1 or more." :
        Greeting.Any(char.IsControl) ? "its greeting has control characters in it. Write one line." :
        null;
}
