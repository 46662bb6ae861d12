using System.Text.Json;
using TacHost.CommandLine;
using TacHost.Services;
using TacHost.Units;

namespace TacHost;

/// <summary>The commands that only build the trees of tac files: <c>tachost check</c> and <c>tachost tree</c>.</summary>
internal static class CheckCommand
{
    private static readonly JsonSerializerOptions _format = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Checks all files, even after a failure. Returns the exit code of the first file that would not start.</summary>
    /// <param name="options">The options.</param>
    /// <param name="files">The files, as the user wrote them.</param>
    /// <param name="prepared">What was prepared of each.</param>
    public static int Run(HostOptions options, IReadOnlyList<string> files, IReadOnlyList<Prepared> prepared)
    {
        var runDirectory = Path.GetFullPath(options.RunDirectory ?? ".");
        TacChecks checks = new(runDirectory);
        var exitCode = ExitCode.Success;
        List<(string File, IReadOnlyList<string> Mistakes)> results = [];
        foreach (var (file, each) in files.Zip(prepared))
        {
            IReadOnlyList<string> mistakes;
            var code = ExitCode.Unavailable;
            try
            {
                mistakes = [.. checks.Of(file, Build(options, file, each)), .. EffectsOf(each)];
            }
            catch (TacHostException e)
            {
                mistakes = [e.TextWith(options.Debug)];
                code = e.ExitCode;
            }

            results.Add((file, mistakes));
            if (mistakes.Count > 0 && exitCode == ExitCode.Success)
                exitCode = code;
        }

        Print(results, options.Command.Json);
        return exitCode;
    }

    /// <summary>Prints the tree of a tac file.</summary>
    public static int ShowTree(HostOptions options, string file, Prepared prepared)
    {
        var root = Build(options, file, prepared);
        Console.Out.Write(options.Command.Json ? ServiceTreeText.Json(root) : ServiceTreeText.Make(root));
        return ExitCode.Success;
    }

    /// <summary>Prints the systemd units for a tac file, or writes them to a directory.</summary>
    public static int WriteUnit(HostOptions options, string file, Prepared prepared)
    {
        var application = BuildApplication(options, file, prepared);
        UnitFiles.Of(ServiceNode.Of(application), options, file, application.Uid).Write(options.Command.Directory);
        return ExitCode.Success;
    }

    /// <summary>Prints the objects of Kubernetes for a tac file.</summary>
    public static int WriteKubernetes(HostOptions options, string file, Prepared.Tac prepared)
    {
        var application = BuildApplication(options, file, prepared);
        Deployed deployed = new(ServiceNode.Of(application), options, file, application.Uid);
        KubernetesManifest manifest = new(deployed, DeployedFiles.Of(deployed, prepared.Code));
        var text = manifest.Make();
        foreach (var warning in manifest.Warnings)
            Console.Error.WriteLine($"tachost: warning: {OneLine.Of(warning)}");
        Console.Out.Write(text);
        return ExitCode.Success;
    }

    private static ServiceNode Build(HostOptions options, string file, Prepared prepared) => ServiceNode.Of(BuildApplication(options, file, prepared));

    private static IEnumerable<string> EffectsOf(Prepared prepared) =>
        prepared is Prepared.Tac tac ? tac.Code.Effects.Select(effect => $"{effect} at the top level, which changes the process. A reload refuses this: do it in the start of a service") : [];

    private static Application BuildApplication(HostOptions options, string file, Prepared prepared)
    {
        var recipe = TacRecipes.Of(prepared, options with { TacFile = file });
        var building = Task.Run(() => recipe.BuildAsync());
        if (!building.AsWaitHandle().WaitOne(options.StartTimeout))
            throw new TacHostException(ExitCode.TimedOut, $"the top level of '{file}' did not end within {options.StartTimeout.TotalSeconds:0.###} s (--start-timeout). Look for a loop or a wait in it; a tac file only builds the tree.");
        return building.GetAwaiter().GetResult();
    }

    private static void Print(List<(string File, IReadOnlyList<string> Mistakes)> results, bool asJson)
    {
        if (asJson)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(results.Select(each => new { file = each.File, ok = each.Mistakes.Count == 0, mistakes = each.Mistakes }), _format));
            return;
        }

        foreach (var (file, mistakes) in results)
        {
            Console.Out.WriteLine(mistakes.Count == 0 ? $"{file}: nothing found" : $"{file}:");
            foreach (var mistake in mistakes)
                Console.Out.WriteLine($"  {OneLine.Printable(mistake).Replace("\n", "\n  ", StringComparison.Ordinal)}");
        }
    }
}
