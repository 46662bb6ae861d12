using System.Net;
using TacHost.Services;
using TacHost.Services.Networking;
using TacHost.Telnet.Compiler;
using TacHost.Telnet.Sessions;

namespace TacHost.Telnet;

/// <summary>A service that lets people who know a password run C# in this process, by telnet, to look at it and to mend it.</summary>
/// <remarks>
/// Telnet is not enciphered, and a line can do whatever the process can: let it listen on this machine only, and come by ssh.
/// The compiler is in memory from the first line until the last session ends. Every line is logged before it runs.
/// Ported from <c>twisted.conch.manhole_tap</c>.
/// </remarks>
public sealed class TelnetServer : MultiService
{
    private const int MostLinesAtATime = 8;

    /// <summary>The most connections that have not logged in. The oldest of them gives way to a further one, so that nobody can keep others from logging in.</summary>
    private const int MostAtTheLogin = 32;

    private readonly StreamServer _listener;
    private readonly PasswordFile? _users;
    private readonly Lazy<Logins> _logins;
    private readonly Lazy<SharedCompiler> _compiler;
    private int _lines;

    /// <summary>Describes a server. Nothing is opened before the start.</summary>
    /// <param name="port">The port, or 0 for one that the system picks; see <see cref="EndPoints"/>.</param>
    /// <param name="users">Who may log in. Defaults to null: whoever knows a password that is made at each start and logged once.</param>
    /// <param name="iface">An address, the name of a network interface, or a host name. Defaults to <c>localhost</c>; anything else that is not a loopback address is warned of.</param>
    /// <param name="maxSessions">How many sessions there may be at a time; whoever logs in beyond that is sent away. Defaults to 4.</param>
    /// <param name="idleTimeout">How long nothing may be typed or shown before a session is closed. Defaults to null: 10 minutes.</param>
    public TelnetServer(int port, PasswordFile? users = null, string iface = "localhost", int maxSessions = 4, TimeSpan? idleTimeout = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxSessions);
        _users = users;
        _logins = new Lazy<Logins>(() => new Logins(users, LoginDelay));
        _compiler = new Lazy<SharedCompiler>(() => new SharedCompiler(LongestOutput, CompileLimit));
        _listener = new StreamServer(ServerEndpoint.Tcp(port, iface), new TelnetFactory(this))
        {
            Limits = new ConnectionLimits { Connections = maxSessions + (2 * MostAtTheLogin), WhenReached = LimitAction.Refuse, IdleTimeout = idleTimeout ?? TimeSpan.FromMinutes(10) },
        };
        _listener.SetServiceParent(this);
        Sessions = new TelnetSessions(maxSessions, MostAtTheLogin);
        Sessions.SetServiceParent(this);
    }

    /// <summary>The addresses it listens on, with the port that was picked for 0. Empty while it is not bound.</summary>
    public IReadOnlyList<IPEndPoint> EndPoints => [.. _listener.EndPoints.Cast<IPEndPoint>()];

    /// <summary>How long a line may run. One that takes longer is left behind, since nothing can end it by force. Defaults to 10 seconds.</summary>
    public TimeSpan LineTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How many characters a line may show. Defaults to 16,384.</summary>
    public int LongestOutput { get; init; } = 16_384;

    /// <summary>How long the answer to a first wrong password takes; each further one takes twice as long, up to 16 times. Defaults to 1 second.</summary>
    public TimeSpan LoginDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long the compiler may take for a line, whatever that may take itself: the first one takes some seconds on a busy machine.</summary>
    internal TimeSpan CompileLimit { get; init; } = TimeSpan.FromSeconds(30);

    internal TelnetSessions Sessions { get; }

    internal Logins Logins => _logins.Value;

    /// <summary>Gets the limit for the lines about failed logins.</summary>
    internal LogLimit LoginLines { get; } = new(100);

    internal SharedCompiler Compiler => _compiler.Value;

    internal Application? CurrentApplication => Application;

    internal string ApplicationName => Application?.Name ?? "No application";

    /// <summary>How many lines run or are being compiled, those that were left behind included.</summary>
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
        foreach (var endPoint in EndPoints.Where(endPoint => !IPAddress.IsLoopback(endPoint.Address)))
            TelnetLog.Exposed(Logger, endPoint);
        return Task.CompletedTask;
    }

    private sealed class TelnetFactory(TelnetServer server) : ServerFactory
    {
        protected internal override Protocol BuildProtocol(EndPoint peer) => new TelnetSession(server);
    }
}
