using TacHost.CommandLine;
using TacHost.Units;

namespace TacHost;

/// <summary>The commands that print what the tree of a tac file says, without starting it.</summary>
internal static class TreeCommands
{
    /// <summary>Prints the tree of a tac file.</summary>
    public static int Show(HostOptions options, string file, Prepared prepared)
    {
        var root = BuiltTree.Of(options, file, prepared).Root;
        Console.Out.Write(options.Command.Json ? ServiceTreeText.Json(root) : ServiceTreeText.Make(root));
        return ExitCode.Success;
    }

    /// <summary>Prints the systemd units for a tac file, or writes them to a directory.</summary>
    public static int WriteUnit(HostOptions options, string file, Prepared prepared)
    {
        var tree = BuiltTree.Of(options, file, prepared);
        UnitFiles.Of(tree.Root, options, file, tree.Application.Uid).Write(options.Command.Directory);
        return ExitCode.Success;
    }

    /// <summary>Prints the objects of Kubernetes for a tac file.</summary>
    public static int WriteKubernetes(HostOptions options, string file, Prepared.Tac prepared)
    {
        var tree = BuiltTree.Of(options, file, prepared);
        Deployed deployed = new(tree.Root, options, file, tree.Application.Uid);
        KubernetesManifest manifest = new(deployed, DeployedFiles.Of(deployed, prepared.Code));
        var text = manifest.Make();
        foreach (var warning in manifest.Warnings)
            Console.Error.WriteLine($"tachost: warning: {OneLine.Of(warning)}");
        Console.Out.Write(text);
        return ExitCode.Success;
    }
}
