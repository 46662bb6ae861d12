using TacHost.CommandLine;

namespace TacHost.Units;

/// <summary>The units of a deployment: one of the service, and those of its sockets if they are requested.</summary>
internal sealed class UnitFiles
{
    private readonly List<(string Name, string Text)> _units = [];

    private UnitFiles()
    {
    }

    /// <summary>Creates the units.</summary>
    /// <param name="root">The tree.</param>
    /// <param name="options">The options of the deployment.</param>
    /// <param name="file">The tac file.</param>
    /// <param name="user">The ID of the user that the tac file names, or null.</param>
    /// <exception cref="TacHostException">Sockets are requested, but the services do not listen on anything.</exception>
    public static UnitFiles Of(ServiceNode root, HostOptions options, string file, int? user)
    {
        Deployed deployed = new(root, options, file, user);
        UnitFiles files = new();
        IReadOnlyList<(string Name, string Text)> sockets = options.Command.Sockets ? SocketUnits.Of(deployed) : [];
        if (options.Command.Sockets && sockets.Count == 0)
            throw new TacHostException(ExitCode.Usage, OneLine.Of($"'{file}' has no service that listens on a fixed port or path, so there is no socket unit to write. Leave out --sockets."));
        files._units.Add(($"{deployed.UnitName}.service", new ServiceUnit(deployed, [.. sockets.Select(socket => socket.Name)]).Make()));
        files._units.AddRange(sockets);
        return files;
    }

    /// <summary>Prints the units, or writes each to a file.</summary>
    /// <param name="directory">The directory of the files, or null to print.</param>
    /// <exception cref="TacHostException">A file cannot be written, or somebody has changed it.</exception>
    public void Write(string? directory)
    {
        foreach (var (name, text) in _units)
        {
            if (directory is not null)
                Write(Path.Combine(directory, name), text);
            else
                Console.Out.Write(_units.Count == 1 ? text : $"{(name == _units[0].Name ? "" : "\n")}# {name}\n{text}");
        }
    }

    private static void Write(string path, string text)
    {
        try
        {
            if (File.Exists(path) && File.ReadLines(path).FirstOrDefault() != UnitText.Mark)
                throw new TacHostException(ExitCode.CannotCreate, OneLine.Of($"'{path}' was not made by tachost unit, and is not replaced. Move it away, or choose another --out."));
            File.WriteAllText(path, text);
            Console.Out.WriteLine(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TacHostException(ExitCode.CannotCreate, OneLine.Of($"cannot write '{path}': {e.Message}"), e);
        }
    }
}
