using System.Net;
using System.Net.Sockets;
using TacHost.Ftp.Files;
using TacHost.Ftp.Sessions;
using TacHost.Services;
using TacHost.Services.Networking;

namespace TacHost.Ftp;

/// <summary>A service that serves the files below a directory by FTP (RFC 959, 2389, 2428, 3659, 4217).</summary>
/// <remarks>
/// By default, all users may read, and no user may write. No file outside the root is ever opened, regardless of names,
/// symbolic links and races: the kernel resolves every name below the root. Clients only see paths that begin at the root.
/// The privileged part of the start binds the port and reads the users and the certificate. The root is opened after it, with the rights of the service, and in the jail if there is one.
/// A stop closes the port, ends idle sessions immediately, and lets transfers finish within the grace period.
/// Ported from <c>twisted.tap.ftp</c>.
/// </remarks>
public sealed class FtpServer : MultiService, IServiceNeeds
{
    /// <summary>The default port: 2121, as in Twisted.</summary>
    public const int DefaultPort = 2121;

    private readonly string _root;
    private readonly TcpServer _listener;

    /// <summary>Initializes a server. Sockets are not opened before the start.</summary>
    /// <param name="root">The directory to serve.</param>
    /// <param name="port">The port. 0 lets the system pick a free port; see <see cref="LocalAddresses"/>. Defaults to 2121.</param>
    /// <param name="iface">The interface to listen on, as for <see cref="TcpServer"/>.
    /// Defaults to <c>localhost</c>; the empty string is every interface.</param>
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

    /// <summary>Gets the bound addresses, with the actual port if the port is 0. Empty while the server is not bound.</summary>
    public IReadOnlyList<IPEndPoint> LocalAddresses => _listener.LocalAddresses;

    /// <summary>Gets whether clients may log in as <c>anonymous</c> or <c>ftp</c>, to read only. Defaults to true.</summary>
    public bool AllowAnonymous { get; init; } = true;

    /// <summary>Gets the password file of the other users. Defaults to null: there are no other users.</summary>
    /// <remarks>A user's home, if it has one, is a directory below the root. The user can access only this directory.</remarks>
    public PasswordFile? Users { get; init; }

    /// <summary>Gets whether the users of the password file may write. Defaults to false.</summary>
    public bool UsersMayWrite { get; init; }

    /// <summary>Gets the ports for passive data connections. Defaults to null: any free port.</summary>
    public PortRange? PassivePorts { get; init; }

    /// <summary>
    /// Gets the IPv4 address that PASV returns, if clients reach this machine through
    /// another address. Defaults to the local address of the control connection.
    /// </summary>
    public IPAddress? PassiveAddress { get; init; }

    /// <summary>
    /// Gets the certificate for TLS, which clients start with AUTH TLS. If set, passwords are accepted under TLS only. Defaults to null: TLS is not available.
    /// </summary>
    public TlsCertificate? Certificate { get; init; }

    /// <summary>Gets whether TLS is required on control and data connections. Defaults to false.</summary>
    public bool RequireTls { get; init; }

    /// <summary>Gets the maximum number of sessions. Further clients receive an error reply. Defaults to 200.</summary>
    public int MaxSessions { get; init => field = SettingRange.AtLeast(value, 1); } = 200;

    /// <summary>Gets the maximum number of sessions from one address. Defaults to 20.</summary>
    public int MaxSessionsPerAddress { get; init => field = SettingRange.AtLeast(value, 1); } = 20;

    /// <summary>Gets the timeout of a session without commands and transfers. Defaults to 5 minutes. Before the login, the timeout is 1 minute.</summary>
    public TimeSpan IdleTimeout { get; init => field = SettingRange.Timeout(value); } = TimeSpan.FromMinutes(5);

    /// <summary>Gets the timeout of a stalled transfer. Defaults to 2 minutes.</summary>
    public TimeSpan StallTimeout { get; init => field = SettingRange.Timeout(value); } = TimeSpan.FromMinutes(2);

    /// <summary>Gets the greeting that clients receive, a single line. Defaults to <c>FTP server ready.</c></summary>
    public string Greeting { get; init; } = "FTP server ready.";

    /// <inheritdoc/>
    IReadOnlyList<ServiceNeed> IServiceNeeds.Needs =>
        [new ServiceNeed(ServiceNeedKind.Directory, _root), .. Users is null ? [] : new[] { Users.NeedOf(this) }, .. Certificate?.NeedsOf(this) ?? []];

    internal TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Gets whether paths are resolved name by name, as on a kernel without openat2(2).</summary>
    internal bool ResolveByName { get; init; }

    internal RootedDirectory? Root { get; private set; }

    internal TlsServerHandshake? Tls { get; private set; }

    internal FtpSessions Sessions { get; }

    /// <summary>Gets the rate limit of log lines about refused sessions and connections.</summary>
    internal LogLimit RefusalLines { get; } = new();

    /// <summary>Gets the rate limit of log lines about failed logins. The limit is high, because programs such as fail2ban count these lines.</summary>
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
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override Task OnStartAsync(CancellationToken cancellationToken)
    {
        try
        {
            Root = RootedDirectory.Open(ResolvePath(_root), ResolveByName);
        }
        catch (IOException e)
        {
            throw new IOException($"The service '{ServicePath}' cannot serve FTP: {e.Message} Name a directory that this process can read.", e);
        }

        Sessions.Reset();
        FtpLog.Serving(Logger, ResolvePath(_root), (AllowAnonymous, Users) switch
        {
            (true, null) => "all users, to read",
            (true, _) => $"all users, to read, and to the users of '{Users.Path}', to {(UsersMayWrite ? "write" : "read")}",
            _ => $"the users of '{Users!.Path}', to {(UsersMayWrite ? "write" : "read")}",
        });
        if (Users is not null && Certificate is null)
            FtpLog.PasswordsInTheClear(Logger);
        if (!Root.FollowsLinks)
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

    /// <summary>Gets a description of contradictory settings, or null.</summary>
    private string? Contradiction =>
        !AllowAnonymous && Users is null ? "no user could log in: anonymous users are not allowed, and there are no others. Set a PasswordFile." :
        RequireTls && Certificate is null ? "TLS is required, and there is no certificate for it. Give it a TlsCertificate." :
        UsersMayWrite && Users is null ? "users may write, and there are none. Give it a PasswordFile." :
        PassiveAddress is { AddressFamily: not AddressFamily.InterNetwork } ? $"the passive address {PassiveAddress} is not an IPv4 address. IPv6 clients need none." :
        Greeting.Any(char.IsControl) ? "its greeting has control characters in it. Write one line." :
        null;
}
