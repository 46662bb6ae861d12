using System.Globalization;
using TacHost.CommandLine;
using TacHost.Daemon;

namespace TacHost.Units;

/// <summary>The objects that <c>tachost k8s</c> prints: a ConfigMap with the files, a Deployment, and a Service for the ports.</summary>
internal sealed class KubernetesManifest(Deployed deployed, DeployedFiles files)
{
    private const int NobodyId = 65534, LargestConfigMap = 1_000_000;
    private const string MetricsPort = "metrics", DefaultMetrics = "tcp:9100";

    private readonly YamlText _yaml = new();
    private readonly HostOptions _options = deployed.Options;
    private readonly IReadOnlyList<ConfigMapEntry> _entries = ConfigMapEntry.Of(files.Carried);
    private readonly string _name = deployed.Label;

    private string Directory => $"/srv/{_name}";

    private string Metrics { get; } = deployed.ReachableMetrics("Kubernetes", DefaultMetrics);

    private int MetricsNumber => ListeningPlace.Of(Metrics).Port!.Value;

    /// <summary>Gets the ports of the tree that other pods can reach.</summary>
    private IReadOnlyList<ListeningPlace> Ports { get; } = [.. deployed.Ports.Where(place => !place.IsLocal)];

    /// <summary>Gets the warnings: parts of the deployment that the objects cannot provide.</summary>
    public IEnumerable<string> Warnings =>
    [
        .. files.Expected.Select(path => $"'{path}' is not in the ConfigMap. The image must have it."),
        .. deployed.TreePlaces.Where(place => place.Port is not null && place.IsLocal).Select(place => $"port {place.Port} listens on '{place.Interface}', so that nothing outside the pod reaches it. Listen on all addresses."),
    ];

    /// <summary>Returns the objects as YAML.</summary>
    /// <exception cref="TacHostException">The files are too large for a ConfigMap.</exception>
    public string Make()
    {
        var size = files.Carried.Sum(file => file.Content.Length);
        if (size > LargestConfigMap)
            throw new TacHostException(ExitCode.Usage, SingleLine.Escape($"the files of '{deployed.TacFile}' have {size} bytes, and a ConfigMap takes {LargestConfigMap}. Put the large ones into the image, and name them by a path outside '{deployed.Directory}'."));
        AddConfigMap();
        AddDeployment();
        if (Ports.Count > 0)
            AddService();
        return _yaml.ToString();
    }

    private void AddConfigMap()
    {
        Begin("v1", "ConfigMap");
        AddEntries("data", isText: true);
        AddEntries("binaryData", isText: false);
    }

    private void AddEntries(string name, bool isText)
    {
        var entries = _entries.Where(entry => entry.Text is not null == isText).ToList();
        if (entries.Count == 0)
            return;
        _yaml.Map(name, () =>
        {
            foreach (var entry in entries)
            {
                if (entry.Text is { } text)
                    _yaml.AddLines(entry.Key, text);
                else
                    _yaml.Add(entry.Key, Convert.ToBase64String(entry.Content));
            }
        });
    }

    private void AddDeployment()
    {
        _yaml.Document();
        Begin("apps/v1", "Deployment");
        _yaml.Map("spec", () =>
        {
            _yaml.Add("replicas", 1);
            _yaml.Map("selector", () => _yaml.Map("matchLabels", AddLabels));
            _yaml.Map("template", () =>
            {
                _yaml.Map("metadata", () =>
                {
                    _yaml.Map("labels", AddLabels);
                    _yaml.Map("annotations", () =>
                    {
                        // Changed files make new pods.
                        _yaml.Add("tachost/files", ConfigMapEntry.Hash(_entries));
                        _yaml.Add("prometheus.io/scrape", "true");
                        _yaml.Add("prometheus.io/port", MetricsNumber.ToString(CultureInfo.InvariantCulture));
                    });
                });
                _yaml.Map("spec", AddPod);
            });
        });
    }

    private void AddPod()
    {
        _yaml.Add("automountServiceAccountToken", false);
        _yaml.Add("terminationGracePeriodSeconds", deployed.StopSeconds);
        _yaml.Map("securityContext", () =>
        {
            _yaml.Add("runAsNonRoot", true);
            _yaml.Add("runAsUser", NobodyId);
            _yaml.Add("runAsGroup", NobodyId);
            _yaml.Map("seccompProfile", () => _yaml.Add("type", "RuntimeDefault"));

            // An unprivileged process gets no capability of a container, and this setting is one that a cluster allows.
            if (Ports.Any(place => place.IsPrivileged))
            {
                _yaml.List("sysctls", ["net.ipv4.ip_unprivileged_port_start"], name =>
                {
                    _yaml.Add("name", name);
                    _yaml.Add("value", "0");
                });
            }
        });
        _yaml.List("containers", [_name], AddContainer);
        _yaml.List("volumes", ["files", "tmp"], AddVolume);
    }

    private void AddContainer(string name)
    {
        _yaml.Add("name", name);
        _yaml.Add("image", _options.Command.Image ?? $"tachost:{HostVersion.Text}");
        _yaml.Add("command", ["tachost", "--nodaemon", "--no-pidfile", .. deployed.Words(Metrics, Directory, Inside)]);
        _yaml.List("env", [(Name: RuntimeSettings.GarbageVariable, Value: RuntimeSettings.GarbageSize)], variable =>
        {
            _yaml.Add("name", variable.Name);
            _yaml.Add("value", variable.Value);
        });
        _yaml.List("ports", [(MetricsPort, "TCP", MetricsNumber), .. Ports.Select(Port)], port =>
        {
            _yaml.Add("name", port.Item1);
            _yaml.Add("containerPort", port.Item3);
            _yaml.Add("protocol", port.Item2);
        });
        Probe("startupProbe", "/livez", 2, Math.Max(3, (int)Math.Ceiling(_options.StartTimeout.TotalSeconds / 2)));
        Probe("livenessProbe", "/livez", 10, 3);
        Probe("readinessProbe", "/readyz", 5, 1);
        _yaml.Map("securityContext", () =>
        {
            _yaml.Add("allowPrivilegeEscalation", false);
            _yaml.Add("readOnlyRootFilesystem", true);
            _yaml.Map("capabilities", () => _yaml.Add("drop", ["ALL"]));
        });
        _yaml.List("volumeMounts", [("files", Directory), ("tmp", "/tmp")], mount =>
        {
            _yaml.Add("name", mount.Item1);
            _yaml.Add("mountPath", mount.Item2);
            if (mount.Item1 == "files")
                _yaml.Add("readOnly", true);
        });
    }

    private void AddVolume(string name)
    {
        _yaml.Add("name", name);
        if (name == "files")
        {
            _yaml.Map("configMap", () =>
            {
                _yaml.Add("name", _name);
                _yaml.List("items", _entries, entry =>
                {
                    _yaml.Add("key", entry.Key);
                    _yaml.Add("path", entry.Path);
                });
            });
        }
        else
        {
            _yaml.Map("emptyDir", () => _yaml.Add("sizeLimit", "64Mi"));
        }
    }

    private void AddService()
    {
        _yaml.Document();
        Begin("v1", "Service");
        _yaml.Map("spec", () =>
        {
            _yaml.Map("selector", AddLabels);
            _yaml.List("ports", Ports.Select(Port), port =>
            {
                _yaml.Add("name", port.Name);
                _yaml.Add("port", port.Number);
                _yaml.Add("targetPort", port.Name);
                _yaml.Add("protocol", port.Protocol);
            });
        });
    }

    private void Probe(string name, string path, int period, int failures) => _yaml.Map(name, () =>
    {
        _yaml.Map("httpGet", () =>
        {
            _yaml.Add("path", path);
            _yaml.Add("port", MetricsPort);
        });
        _yaml.Add("periodSeconds", period);
        _yaml.Add("timeoutSeconds", 5);
        _yaml.Add("failureThreshold", failures);
    });

    private void Begin(string version, string kind)
    {
        _yaml.Add("apiVersion", version);
        _yaml.Add("kind", kind);
        _yaml.Map("metadata", () =>
        {
            _yaml.Add("name", _name);
            _yaml.Map("labels", AddLabels);
        });
    }

    private void AddLabels() => _yaml.Add("app.kubernetes.io/name", _name);

    private string Inside(string path)
    {
        var relative = Path.GetRelativePath(deployed.Directory, Path.GetFullPath(path));
        return relative.StartsWith("../", StringComparison.Ordinal) ? Path.GetFullPath(path) : $"{Directory}/{relative}";
    }

    private static (string Name, string Protocol, int Number) Port(ListeningPlace place) => ($"{place.Kind}-{place.Port}", place.Kind == "udp" ? "UDP" : "TCP", place.Port!.Value);
}
