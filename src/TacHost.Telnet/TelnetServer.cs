using System.Net;
using TacHost.Services;
using TacHost.Services.Networking;
using TacHost.Telnet.Compiler;
using TacHost.Telnet.Sessions;

namespace TacHost.Telnet;

/// <summary>A service that evaluates C# in this process over telnet, for users with a password, to inspect and repair the application.</summary>
/// <remarks>
/// Telnet is not encrypted, and a line can do anything that the process can. Therefore, listen only on this machine and connect through ssh.
/// A child process compiles the lines, from the first log-in until the last session ends. Every line is logged before it runs.
/// Ported from <c>twisted.conch.manhole_tap</c>.
/// </remarks>
public sealed class TelnetServer : MultiService, IServiceNeeds
{
    private const int MostLinesAtATime = 8;

    /// <summary>The maximum number of connections that have not logged in. A further one evicts the oldest, so that a client cannot prevent others from logging in.</summary>
    private const int MostAtTheLogin = 32;

    private readonly StreamServer _listener;
    private readonly PasswordFile? _users;
    private readonly Lazy<Logins> _logins;
    private readonly Lazy<SharedCompiler> _compiler;
    private int _lines;

    /// <summary>Initializes a server. Opens nothing before the start.</summary>
    /// <param name="port">The port, or 0 to let the system choose one; see <see cref="LocalAddresses"/>.</param>
    /// <param name="users">The users who may log in. Defaults to null: anyone with the password that is generated at each start and logged once.</param>
    /// <param name="iface">An address, the name of a network interface, or a host name. Defaults
    /// to <c>localhost</c>. An address that is not a loopback address causes a warning.</param>
    /// <param name="maxSessions">The maximum number of concurrent sessions. Further ones are closed after the login. Defaults to 4.</param>
    /// <param name="idleTimeout">The time without input or output after which a session is closed. Defaults to null: 10 minutes.</param>
    public TelnetServer(int port, PasswordFile? users = null, string iface = "localhost", int maxSessions = 4, TimeSpan? idleTimeout = null)
    {
        SettingRange.Number(maxSessions, 1, int.MaxValue - (2 * MostAtTheLogin), nameof(maxSessions));
        SettingRange.Timeout(idleTimeout, nameof(idleTimeout));
        _users = users;
        _logins = new Lazy<Logins>(() => new Logins(users, LoginDelay));
        _compiler = new Lazy<SharedCompiler>(() => new SharedCompiler(LongestOutput, CompileLimit));
        _listener = new StreamServer(ServerEndpoint.Tcp(port, iface), new TelnetFactory(this))
        {
            Limits = new ConnectionLimits { MaxConnections = maxSessions + (2 * MostAtTheLogin), OnLimitReached = ConnectionLimitBehavior.Refuse, IdleTimeout = idleTimeout ?? TimeSpan.FromMinutes(10) },
        };
        _listener.SetServiceParent(this);
        Sessions = new TelnetSessions(maxSessions, MostAtTheLogin);
        Sessions.SetServiceParent(this);
    }

    /// <summary>Gets the addresses that are listened on, with the port that the system chose for port 0. Empty if no socket is bound.</summary>
    public IReadOnlyList<IPEndPoint> LocalAddresses => [.. _listener.LocalAddresses.Cast<IPEndPoint>()];

    /// <inheritdoc/>
    IReadOnlyList<ServiceNeed> IServiceNeeds.Needs => _users is null ? [] : [_users.NeedOf(this)];

    /// <summary>Gets the timeout of a line. A line that exceeds it is abandoned, because nothing can abort it. Defaults to 10 seconds.</summary>
    public TimeSpan LineTimeout { get; init => field = SettingRange.Timeout(value); } = TimeSpan.FromSeconds(10);

    /// <summary>Gets the maximum number of characters that a line can show. Defaults to 16,384.</summary>
    public int LongestOutput { get; init => field = SettingRange.AtLeast(value, 80); } = 16_384;

    /// <summary>
    /// Gets the delay of the answer to the first wrong password. Each further failure doubles the delay, up to 16 times the first. Defaults to 1 second.
    /// </summary>
    public TimeSpan LoginDelay { get; init => field = SettingRange.Number(value, TimeSpan.Zero, TimeSpan.FromDays(1)); } = TimeSpan.FromSeconds(1);

    /// <summary>Gets the timeout of the compiler for a line, without running the line.</summary>
    internal TimeSpan CompileLimit { get; init; } = TimeSpan.FromSeconds(30);

    internal TelnetSessions Sessions { get; }

    internal Logins Logins => _logins.Value;

    /// <summary>Gets the rate limit for the log lines about failed logins.</summary>
    internal LogLimit LoginLines { get; } = new(100);

    internal SharedCompiler Compiler => _compiler.Value;

    internal Application? CurrentApplication => Application;

    internal string ApplicationName => Application?.Name ?? "No application";

    /// <summary>Gets the number of lines that are running or being compiled, including abandoned ones.</summary>
    internal int LinesGoingOn => Volatile.Read(ref _lines);

    internal bool TryBeginLine()
    {
        if (Interlocked.Increment(ref _lines) <= MostLinesAtATime)
            return true;
        EndLine();
        return false;
    }

    internal void EndLine() => Interlocked.Decrement(ref _lines);

    /// <inheritdoc/>
    protected override Task OnPrivilegedStartAsync(CancellationToken cancellationToken)
    {
        if (_users is not null)
        {
            _users.BaseDirectory = Application?.BaseDirectory;
            RecordFile(_users.Path);
            _users.Load();
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override Task OnStartAsync(CancellationToken cancellationToken)
    {
        if (_users is null)
            TelnetLog.Password(Logger, Logins.MakePassword());
        foreach (var endPoint in LocalAddresses.Where(endPoint => !IPAddress.IsLoopback(endPoint.Address)))
            TelnetLog.Exposed(Logger, endPoint);
        return Task.CompletedTask;
    }

    private sealed class TelnetFactory(TelnetServer server) : ServerFactory
    {
        protected override Protocol BuildProtocol(EndPoint peer) => new TelnetSession(server);
    }
}
