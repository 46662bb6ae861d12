namespace TacHost.Bench.Servers;

/// <summary>Everything that is compared, as it is found on this machine.</summary>
internal sealed class Peers
{
    private const string NginxStreamModule = "ngx_stream_module.so";

    private static readonly string[] _moduleDirectories = ["/usr/lib/nginx/modules", "/usr/lib64/nginx/modules", "/usr/share/nginx/modules"];

    private readonly string _root;

    public Peers(string root)
    {
        _root = root;
        TachostProgram = Path.Combine(root, "artifacts/program/current/tachost");
        TwistdProgram = OnPath("twistd3") ?? OnPath("twistd");
        var nginx = OnPath("nginx");
        Tachost = Host("tachost", "poem.csx");
        TachostQuiet = Host("tachost, no log line", "poem.csx", "--log-level", "warn");
        TachostIdle = Host("tachost", "idle.csx");
        TachostPackages = Host("tachost, three packages", "packages.csx", "--locked");
        Twistd = Twisted("twistd", []);
        TwistdIdle = Twisted("twistd", new() { ["BENCH_IDLE"] = "1" });
        NginxStream = Nginx("nginx stream", nginx, NginxFiles.Stream);
        NginxBuffered = Nginx("nginx stream, log buffered", nginx, NginxFiles.BufferedStream);
        NginxHttp = new("nginx http", nginx is null ? "nginx is not installed" : null, setup => [nginx!, "-c", NginxFiles.Http(setup), "-p", setup.Directory]);
        var c = Path.Combine(root, "artifacts/bench-run/poem");
        C = new("C, no log line", File.Exists(c) ? null : "there is no gcc to build it with", setup => [c, $"{setup.Port}", setup.PoemFile]);
        Empty = new("empty .NET program", null, setup => [Path.Combine(root, "artifacts/bench-run/empty/EmptyServer"), $"{setup.Port}", setup.PoemFile]);
    }

    public string TachostProgram { get; }

    public string? TwistdProgram { get; }

    public ServerKind Tachost { get; }

    public ServerKind TachostQuiet { get; }

    public ServerKind TachostIdle { get; }

    public ServerKind TachostPackages { get; }

    public ServerKind Twistd { get; }

    public ServerKind TwistdIdle { get; }

    public ServerKind NginxStream { get; }

    public ServerKind NginxBuffered { get; }

    public ServerKind NginxHttp { get; }

    public ServerKind C { get; }

    public ServerKind Empty { get; }

    /// <summary>What is missing, once each.</summary>
    public IEnumerable<string> Missing =>
        new[] { Twistd, NginxStream, NginxHttp, C }.Where(kind => !kind.IsThere).Select(kind => $"{kind.Name}: {kind.WhyMissing}");

    /// <summary>The host with one of the tacs in bench/tacs.</summary>
    public ServerKind Host(string name, string tac, params string[] more)
    {
        var file = Path.Combine(_root, "bench/tacs", tac);
        return new(name, null, setup => [TachostProgram, "-n", "--no-pidfile", "--logfile", setup.InDirectory("log"), .. more, file])
        {
            DetachedCommandLine = setup => [TachostProgram, "--pidfile", setup.InDirectory("pid"), "--logfile", setup.InDirectory("log"), .. more, file],
        };
    }

    private ServerKind Twisted(string name, Dictionary<string, string> environment)
    {
        var tac = Path.Combine(_root, "bench/peers/poem.tac");
        return new(name, TwistdProgram is null ? "twistd is not installed (Debian: python3-twisted)" : null, setup => [TwistdProgram!, "-n", "-o", "--pidfile=", "--logfile", setup.InDirectory("log"), "-y", tac])
        {
            Environment = environment,
            DetachedCommandLine = setup => [TwistdProgram!, "-o", "--pidfile", setup.InDirectory("pid"), "--logfile", setup.InDirectory("log"), "-y", tac],
        };
    }

    private static ServerKind Nginx(string name, string? program, Func<ServerSetup, string, string> configuration)
    {
        var module = _moduleDirectories.Select(directory => Path.Combine(directory, NginxStreamModule)).FirstOrDefault(File.Exists);
        var why = program is null ? "nginx is not installed" : module is null ? "nginx has no stream module (Debian: libnginx-mod-stream)" : null;
        return new(name, why, setup => [program!, "-c", configuration(setup, module!), "-p", setup.Directory]);
    }

    private static string? OnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin").Select(directory => Path.Combine(directory, program)).FirstOrDefault(File.Exists);
}
