using System.Text;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests.SideBySide;

/// <summary>What was seen of both programs, for whoever reads the log of the tests.</summary>
/// <remarks>Each test prints its part; the whole is left in artifacts/side-by-side.txt, which .ci/run shows.</remarks>
public sealed class ComparisonTable : IDisposable
{
    private const int FactWidth = 31, SeenWidth = 32;

    private readonly Dictionary<string, string> _parts = [];

    /// <summary>Adds what was seen in a situation.</summary>
    /// <returns>That part of the table.</returns>
    internal string Add(Situation situation, IReadOnlyDictionary<string, string> twistd, IReadOnlyDictionary<string, string> tachost)
    {
        var part = new StringBuilder().AppendLine(situation.Name);
        foreach (var fact in twistd.Keys.Union(tachost.Keys))
        {
            var (one, other) = (twistd.GetValueOrDefault(fact, "(not seen)"), tachost.GetValueOrDefault(fact, "(not seen)"));
            var difference = situation.Facts.FirstOrDefault(known => known.Name == fact)?.Difference ?? "for no known reason";
            part.AppendLine(Line("  " + fact, one, other, one == other ? "agree" : $"differ: {difference}"));
        }

        lock (_parts)
            _parts[situation.Name] = part.ToString();
        return part.ToString();
    }

    public void Dispose()
    {
        if (_parts.Count == 0)
            return;
        var text = new StringBuilder().AppendLine(Line("situation", "twistd", "tachost", "")).AppendLine();
        foreach (var situation in Situations.All.Where(situation => _parts.ContainsKey(situation.Name)))
            text.Append(_parts[situation.Name]);
        File.WriteAllText(Path.Combine(Program.Root, "artifacts", "side-by-side.txt"), text.ToString());
    }

    private static string Line(string fact, string twistd, string tachost, string verdict) =>
        $"{fact.PadRight(FactWidth)} {twistd.PadRight(SeenWidth)} {tachost.PadRight(SeenWidth)} {verdict}".TrimEnd();
}
