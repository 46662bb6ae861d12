using System.Security.Cryptography;
using System.Text;
using TacHost.CommandLine;
using TacHost.Daemon;
using TacHost.Loading;
using TacHost.Scripting;

namespace TacHost.Fleet;

/// <summary>Compiles tac files for an emperor, in a process of its own.</summary>
internal static class FleetCompilation
{
    /// <summary>Executes the command line that <see cref="FleetPreparation"/> describes.</summary>
    public static int Run(string[] args, Func<HostOptions, string, TacPreparation> prepare)
    {
        if (args.Length < 3 || Handover.TakeForAnswer() is not var (file, pipe))
            return ExitCode.Usage;
        using StartupReport report = new(pipe);
        return report.Guard("command", () =>
        {
            var request = (HostRequest.Compile)HostRequest.Read(args[1..]);
            List<PreparedUnit> units = [.. request.Files.Select(each => Prepare(request.Options, each, prepare))];
            Handover.Write(file, [.. units.Select(unit => unit.Prepared)]);
            report.Running(FleetPreparation.ToText(units));
            return ExitCode.Success;
        });
    }

    /// <summary>Prepares a tac file.</summary>
    public static PreparedUnit Prepare(HostOptions options, string file, Func<HostOptions, string, TacPreparation> prepare)
    {
        try
        {
            var tac = prepare(options, file);
            var values = ValuesFileOf(file);
            return new PreparedUnit(tac.Tac with { Notices = [.. tac.Tac.Notices, .. tac.Warnings] }, HashOf(tac.Key, values), [.. tac.Sources, values])
            {
                Content = ContentOf(file, [.. tac.Tac.Files.Select(each => each.Path), values, TacFile.LockFileOf(Path.GetFullPath(file))]),
            };
        }
        catch (TacHostException e)
        {
            return new PreparedUnit(new PreparedApplication.Failure(e.ExitCode, e.Message), "", FilesOf(file));
        }
    }

    private static string ValuesFileOf(string file) => LinkTarget.ValuesOf(Path.GetFullPath(file));

    /// <summary>Returns the hash of files by their paths relative to the tac file, and of those outside of its directory by their names.</summary>
    private static string ContentOf(string file, IEnumerable<string> files)
    {
        var directory = Path.GetDirectoryName(Path.GetFullPath(file))!;
        Fingerprint hash = new();
        foreach (var path in files.Where(File.Exists))
        {
            var relative = Path.GetRelativePath(directory, path);
            hash.Append(Encoding.UTF8.GetBytes($"{(relative.StartsWith("..", StringComparison.Ordinal) ? Path.GetFileName(path) : relative)}\n"));
            hash.Append(SHA256.HashData(File.ReadAllBytes(path)));
        }

        return hash.ToString();
    }

    private static string HashOf(string key, string values)
    {
        if (!File.Exists(values))
            return key;
        Fingerprint hash = new();
        hash.Append(Encoding.UTF8.GetBytes(key));
        hash.Append(File.ReadAllBytes(values));
        return hash.ToString();
    }

    /// <summary>Returns the files whose change may mend a tac file that does not compile.</summary>
    private static IReadOnlyList<string> FilesOf(string file)
    {
        try
        {
            return [.. TacSources.Read(file).Files.Keys, ValuesFileOf(file)];
        }
        catch (TacHostException)
        {
            return [Path.GetFullPath(file), ValuesFileOf(file)];
        }
    }
}
