using TacHost.CommandLine;
using TacHost.Fleet;
using TacHost.Units;

namespace TacHost;

/// <summary>The commands that print the tree of a tac file, or files made from it, without a start.</summary>
internal static class TreeCommands
{
    public static int Show(HostOptions options, string file, PreparedApplication prepared)
    {
        var root = BuiltTree.Of(options, file, prepared).Root;
        if (options.Command.Picture is { } picture)
            return WritePicture(root, picture);
        Terminal.Write(options.Command.Json ? ServiceTreeText.Json(root) : ServiceTreeText.Make(root));
        return ExitCode.Success;
    }

    private static int WritePicture(ServiceNode root, string path)
    {
        try
        {
            File.WriteAllText(path, ServiceTreePicture.Make(root));
            return ExitCode.Success;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TacHostException(ExitCode.CannotCreate, SingleLine.Escape($"cannot write '{path}': {e.Message}"), e);
        }
    }

    /// <summary>Prints the systemd units for a tac file, or writes them to a directory.</summary>
    public static int WriteUnit(HostOptions options, string file, PreparedApplication prepared)
    {
        var tree = BuiltTree.Of(options, file, prepared);
        UnitFiles.Of(new Deployed(tree.Root, options, file, tree.Application.Uid)).Write(options.Command.Directory);
        return ExitCode.Success;
    }

    public static int WriteKubernetes(HostOptions options, string file, PreparedApplication.Tac prepared)
    {
        var tree = BuiltTree.Of(options, file, prepared);
        Terminal.Write(Manifest(new Deployed(tree.Root, options, file, tree.Application.Uid), prepared));
        return ExitCode.Success;
    }

    /// <summary>Prints or writes the files of another engine for all tac files of a directory.</summary>
    /// <param name="request">The request.</param>
    /// <param name="prepared">The tac files in the order of <see cref="FleetDirectory"/>.</param>
    public static int Export(HostRequest.Export request, IReadOnlyList<PreparedApplication> prepared)
    {
        var entries = FleetDirectory.ReadUsable(request.Directory);
        if (entries.Count != prepared.Count)
            throw new TacHostException(ExitCode.Unavailable, SingleLine.Escape($"'{request.Directory}' has changed meanwhile. Try again."));
        var directory = Path.GetFullPath(request.Directory);
        var target = $"tachost-{Deployed.Safe(Path.GetFileName(Path.TrimEndingDirectorySeparator(directory)))}.target";
        IReadOnlyList<Deployed> all = [.. entries.Zip(prepared, (entry, each) => DeployedOf(request.Options, entry, each) with { UnitName = entry.Name, Target = target })];
        var off = entries.Where(entry => entry.IsOff).Select(entry => entry.Path).ToHashSet(StringComparer.Ordinal);
        IReadOnlyList<Deployed> on = [.. all.Where(deployed => !off.Contains(deployed.File))];
        var files = request.Engine switch
        {
            "systemd" => UnitFiles.Of(target, directory, all, deployed => off.Contains(deployed.File)),
            "nomad" => UnitFiles.Of(on.Select(deployed => ($"{deployed.UnitName}.nomad.hcl", new NomadJob(deployed).Make()))),
            "ocf" => UnitFiles.Of(on.Select(deployed => (deployed.UnitName, new OcfAgent(deployed).Make()))),
            "keepalived" => UnitFiles.Of(on.Select((deployed, index) => ($"{deployed.UnitName}.conf", new KeepalivedConfig(deployed, index).Make()))),
            _ => null,
        };
        if (files is not null)
            files.Write(request.Options.Command.Directory);
        else
            Terminal.Write(string.Join("---\n", all.Zip(prepared).Where(pair => !off.Contains(pair.First.File)).Select(pair => Manifest(pair.First, (PreparedApplication.Tac)pair.Second))));
        return ExitCode.Success;
    }

    private static Deployed DeployedOf(HostOptions options, FleetEntry entry, PreparedApplication prepared)
    {
        var own = entry.Instance is { } instance ? options with { Settings = [.. options.Settings, $"instance={instance}"] } : options;
        var tree = BuiltTree.Of(own, entry.Path, prepared);
        return new Deployed(tree.Root, own, entry.Path, tree.Application.Uid);
    }

    /// <summary>Returns the objects of Kubernetes for a deployment, and prints their warnings.</summary>
    private static string Manifest(Deployed deployed, PreparedApplication.Tac prepared)
    {
        KubernetesManifest manifest = new(deployed, DeployedFiles.Of(deployed, prepared.Code));
        var text = manifest.Make();
        foreach (var warning in manifest.Warnings)
            Terminal.WriteError($"tachost: warning: {SingleLine.Escape(warning)}\n");
        return text;
    }
}
