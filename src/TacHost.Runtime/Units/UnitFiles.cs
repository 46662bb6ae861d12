using TacHost.CommandLine;

namespace TacHost.Units;

/// <summary>The files of deployments for another engine, such as systemd's units of the service and of its sockets.</summary>
internal sealed class UnitFiles
{
    private const UnixFileMode Programs = (UnixFileMode)0b111_101_101;

    private readonly List<(string Name, string Text)> _units = [];

    private UnitFiles()
    {
    }

    /// <summary>Creates the files of several deployments, from names and texts.</summary>
    public static UnitFiles Of(IEnumerable<(string Name, string Text)> files)
    {
        UnitFiles made = new();
        made._units.AddRange(files);
        return made;
    }

    /// <summary>Creates the units of a deployment.</summary>
    /// <exception cref="TacHostException">Sockets are requested, but the services do not listen on anything.</exception>
    public static UnitFiles Of(Deployed deployed)
    {
        UnitFiles files = new();
        if (files.Add(deployed) == 0 && deployed.Options.Command.Sockets)
            throw new TacHostException(ExitCode.Usage, SingleLine.Escape($"'{deployed.TacFile}' has no service that listens on a fixed port or path, so there is no socket unit to write. Leave out --sockets."));
        return files;
    }

    /// <summary>Creates the units of several deployments, and a target that wants them.</summary>
    /// <param name="target">The name of the target, which the deployments name too.</param>
    /// <param name="directory">The directory of the tac files.</param>
    /// <param name="all">The deployments.</param>
    /// <param name="isOff">True if the target does not want a deployment.</param>
    public static UnitFiles Of(string target, string directory, IReadOnlyList<Deployed> all, Predicate<Deployed> isOff)
    {
        UnitFiles files = new();
        UnitText unit = new();
        unit.Section("Unit");
        unit.Add("Description", $"Deployments of {UnitText.Plain(directory)}");
        foreach (var deployed in all.Where(deployed => !isOff(deployed)))
            unit.Add("Wants", $"{deployed.UnitName}.service");
        unit.Section("Install");
        unit.Add("WantedBy", all.Any(deployed => deployed.Options.Command.ForUser) ? "default.target" : "multi-user.target");
        files._units.Add((target, unit.ToString()));
        foreach (var deployed in all)
            files.Add(deployed);
        return files;
    }

    /// <summary>Adds the units of a deployment, and returns the number of socket units among them.</summary>
    private int Add(Deployed deployed)
    {
        IReadOnlyList<(string Name, string Text)> sockets = deployed.Options.Command.Sockets ? SocketUnits.Of(deployed) : [];
        _units.Add(($"{deployed.UnitName}.service", new ServiceUnit(deployed, [.. sockets.Select(socket => socket.Name)]).Make()));
        _units.AddRange(sockets);
        return sockets.Count;
    }

    /// <summary>Prints the units, or writes each to a file. Writes none if one of the files is another's.</summary>
    /// <exception cref="TacHostException">A file cannot be written, or was not made by tachost.</exception>
    public void Write(string? directory)
    {
        if (directory is null)
        {
            foreach (var (name, text) in _units)
                Terminal.Write(_units.Count == 1 ? text : $"{(name == _units[0].Name ? "" : "\n")}# {name}\n{text}");
            return;
        }

        foreach (var (name, _) in _units)
            RequireOurs(Path.Combine(directory, name));
        foreach (var (name, text) in _units)
            Write(Path.Combine(directory, name), text);
    }

    private static void RequireOurs(string path)
    {
        try
        {
            if (File.Exists(path) && !UnitText.IsMarked(path))
                throw new TacHostException(ExitCode.CannotCreate, SingleLine.Escape($"'{path}' was not made by tachost, and is not replaced. Move it away, or choose another --out."));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CannotWrite(path, e);
        }
    }

    private static void Write(string path, string text)
    {
        try
        {
            File.WriteAllText(path, text);
            if (text.StartsWith("#!", StringComparison.Ordinal))
                File.SetUnixFileMode(path, Programs);
            Terminal.Write(path + "\n");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CannotWrite(path, e);
        }
    }

    private static TacHostException CannotWrite(string path, Exception failure) => new(ExitCode.CannotCreate, SingleLine.Escape($"cannot write '{path}': {failure.Message}"), failure);
}
