using TacHost.Daemon;

namespace TacHost.Units;

/// <summary>The job of a deployment for Nomad.</summary>
internal sealed class NomadJob(Deployed deployed)
{
    private const string Name = "tachost", MetricsPort = "metrics", DynamicMetrics = "tcp:${NOMAD_PORT_metrics}", Nobody = "nobody";
    private const int LostSeconds = 30;

    private readonly HclText _hcl = new();
    private readonly string _metrics = deployed.ReachableMetrics("Nomad", DynamicMetrics);

    /// <summary>Gets the ports of the tree. A port of two protocols is one to Nomad.</summary>
    private IReadOnlyList<(string Label, int Number, bool IsLocal)> Ports { get; } = [.. deployed.Ports.DistinctBy(place => place.Port).Select(place => ($"{place.Kind}-{place.Port}", place.Port!.Value, place.IsLocal))];

    /// <summary>Gets whether tachost must start as root: to become another user, or to open a port below 1024.</summary>
    private bool NeedsRoot => deployed.Options.User is not null || deployed.Options.Group is not null || deployed.User is not null || deployed.Ports.Any(place => place.IsPrivileged);

    public string Make()
    {
        _hcl.Comment(UnitText.EditableMark);
        _hcl.Comment("tachost, the tac file and the files that it reads have the same paths on each client.");
        _hcl.Block("job", deployed.UnitName, () =>
        {
            _hcl.Add("type", "service");
            _hcl.Block("group", deployed.UnitName, AddGroup);
        });
        return _hcl.ToString();
    }

    private void AddGroup()
    {
        _hcl.Add("count", 1);
        _hcl.Comment("A client that reaches no server stops the instance after this time. The servers start another one after heartbeat_grace and this time.");
        _hcl.Comment($"Set server {{ heartbeat_grace = \"{deployed.StopSeconds}s\" }}, so that the first one has ended by then. While a client is suspended or killed, two may run.");
        _hcl.Block("disconnect", null, () =>
        {
            _hcl.Add("stop_on_client_after", Seconds(LostSeconds));
            _hcl.Add("replace", value: true);
        });
        _hcl.Comment("An instance that ends five times in a minute has failed, as under an emperor. Nomad then tries another client.");
        _hcl.Block("restart", null, () =>
        {
            _hcl.Add("attempts", 5);
            _hcl.Add("interval", "1m");
            _hcl.Add("delay", "1s");
            _hcl.Add("mode", "fail");
        });
        _hcl.Comment("Without canaries: the old instance ends before the new one starts.");
        _hcl.Block("update", null, () =>
        {
            _hcl.Add("max_parallel", 1);
            _hcl.Add("health_check", "checks");
            _hcl.Add("min_healthy_time", "5s");
            _hcl.Add("healthy_deadline", Seconds(deployed.StartSeconds));
            _hcl.Add("progress_deadline", Seconds(deployed.StartSeconds * 2));
            _hcl.Add("auto_revert", value: true);
        });
        _hcl.Block("network", null, AddPorts);
        foreach (var (label, _, _) in Ports.Where(port => !port.IsLocal))
            AddService(label, () => { });
        AddService(MetricsPort, () => _hcl.Block("check", null, () =>
        {
            _hcl.Add("type", "http");
            _hcl.Add("path", "/readyz");
            _hcl.Add("interval", "5s");
            _hcl.Add("timeout", "5s");
        }));
        _hcl.Block("task", Name, AddTask);
    }

    private void AddPorts()
    {
        _hcl.Block("port", MetricsPort, () =>
        {
            if (_metrics != DynamicMetrics)
                _hcl.Add("static", ListeningPlace.Of(_metrics).Port!.Value);
        });
        foreach (var (label, number, _) in Ports)
            _hcl.Block("port", label, () => _hcl.Add("static", number));
    }

    private void AddService(string port, Action addCheck) => _hcl.Block("service", null, () =>
    {
        _hcl.Add("name", $"{deployed.Label}-{port}");
        _hcl.Add("provider", "nomad");
        _hcl.Add("port", port);
        addCheck();
    });

    private void AddTask()
    {
        _hcl.Comment("raw_exec, because exec has a root directory of its own, without the directory of the tac file. Enable it: plugin \"raw_exec\" { config { enabled = true } }");
        _hcl.Add("driver", "raw_exec");
        _hcl.Add("user", NeedsRoot ? "root" : Nobody);
        _hcl.Add("kill_signal", "SIGTERM");
        _hcl.Comment($"The client must permit it: client {{ max_kill_timeout = \"{deployed.StopSeconds}s\" }}");
        _hcl.Add("kill_timeout", Seconds(deployed.StopSeconds));
        _hcl.Block("env", null, () => _hcl.Add(RuntimeSettings.GarbageVariable, RuntimeSettings.GarbageSize));
        _hcl.Block("config", null, () =>
        {
            _hcl.Add("command", InstalledCommand.Words[0]);

            // A tac file that names a user itself switches to it.
            string[] words = [.. InstalledCommand.Words.Skip(1), "--nodaemon", "--no-pidfile", .. NeedsRoot ? deployed.Identity(deployed.User is null ? Nobody : null) : [], .. deployed.Words(_metrics)];
            _hcl.AddList("args", words.Select(word => word == DynamicMetrics ? $"\"{word}\"" : HclText.Quote(word)));
        });
    }

    private static string Seconds(int seconds) => $"{seconds}s";
}
