using System.Text.Json;
using TacHost.CommandLine;
using TacHost.Control.Wire;

namespace TacHost.Fleet;

/// <summary>The file <c>cluster.json</c> beside tac files: parameters and constraints by the names of deployments.</summary>
internal static class ClusterSettings
{
    private const string FileName = "cluster.json";

    /// <summary>Reads a directory, and compiles its tac files.</summary>
    /// <returns>The desired state of the directory, and the reason for each file that does not compile.</returns>
    /// <exception cref="TacHostException">The directory or the file of settings cannot be used.</exception>
    public static IReadOnlyList<(DesiredUnit Unit, PreparedApplication.Failure? Failure)> ReadDirectory(string directory, Func<string, PreparedUnit> prepare)
    {
        var entries = FleetDirectory.ReadUsable(directory);
        var settings = ReadFile(Path.Combine(Path.GetFullPath(directory), FileName), [.. entries.Select(entry => entry.Name)]);
        List<(DesiredUnit, PreparedApplication.Failure?)> all = [];
        foreach (var entry in entries)
        {
            var prepared = prepare(entry.Path);
            var unit = settings.GetValueOrDefault(entry.Name) ?? new UnitSettings();
            all.Add((new DesiredUnit { Name = entry.Name, Hash = prepared.Content, Off = entry.IsOff || unit.Off, Parameters = unit.Set, Constraints = unit.Constraints }, prepared.Failure));
        }

        return all;
    }

    private static Dictionary<string, UnitSettings> ReadFile(string path, IReadOnlyList<string> names)
    {
        if (!File.Exists(path))
            return [];
        try
        {
            var settings = JsonSerializer.Deserialize(File.ReadAllText(path), ClusterSettingsJson.Default.DictionaryStringUnitSettings) ?? [];
            if (settings.Values.Any(unit => unit is not { Set: { } set, Constraints: { } constraints } || set.ContainsValue(null!) || constraints.Contains(null)))
                throw new JsonException("A value is null. Leave it out instead.");
            if (settings.Keys.FirstOrDefault(name => !names.Contains(name)) is { } unknown)
                throw new TacHostException(ExitCode.Usage, SingleLine.Escape($"'{path}' names '{unknown}', which is not a deployment of the directory.{(DidYouMean.To(unknown, names) is { } near ? $" Did you mean '{near}'?" : "")}"));
            foreach (var constraint in settings.Values.SelectMany(unit => unit.Constraints))
                _ = Constraint.Read(constraint);
            return settings;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new TacHostException(ExitCode.NoInput, SingleLine.Escape($"cannot read '{path}': {e.Message}"), e);
        }
    }
}

/// <summary>The settings of a deployment in <c>cluster.json</c>.</summary>
/// <remarks>Without init: generated code would set such a property to null where the file leaves it out.</remarks>
internal sealed record UnitSettings
{
    /// <summary>Gets the parameters of the tac file.</summary>
    public Dictionary<string, string> Set { get; set; } = [];

    public IReadOnlyList<string> Constraints { get; set; } = [];

    public bool Off { get; set; }
}
