using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;

namespace TacHost.Scripting;

/// <summary>The compiler's errors, each with the line it means and a caret under the place.</summary>
internal static class CompileErrors
{
    private const int Shown = 10;
    private const string MissingReference = "CS0006";

    public static string Describe(string tac, TacSources sources, ReferenceSearch search, IReadOnlyList<Diagnostic> errors)
    {
        var text = new StringBuilder($"'{tac}' does not compile.");
        foreach (var error in errors.OrderBy(error => error.Location.SourceTree?.FilePath != sources.Main.Path).ThenBy(error => error.Location.SourceSpan.Start).Take(Shown))
            Append(text, error, sources, search);
        if (errors.Count > Shown)
            text.Append(CultureInfo.InvariantCulture, $"\n… and {errors.Count - Shown} more.");
        return text.ToString();
    }

    private static void Append(StringBuilder text, Diagnostic error, TacSources sources, ReferenceSearch search)
    {
        var place = error.Location.GetLineSpan();
        var (line, column) = (place.StartLinePosition.Line, place.StartLinePosition.Character);
        text.Append(CultureInfo.InvariantCulture, $"\n{Shortened(place.Path)}({line + 1},{column + 1}): error {error.Id}: {error.GetMessage(CultureInfo.InvariantCulture)}");
        var lines = error.Location.SourceTree?.GetText().Lines;
        if (lines is not null && line < lines.Count)
        {
            var source = lines[line].ToString();
            text.Append(CultureInfo.InvariantCulture, $"\n    {source}\n    ");

            // Tabs stay tabs, so that the caret stands where the place is.
            foreach (var character in source.AsSpan(0, Math.Min(column, source.Length)))
                text.Append(character == '\t' ? '\t' : ' ');
            text.Append('^');
        }

        if (error.Id == MissingReference && sources.References.FirstOrDefault(reference => error.GetMessage(CultureInfo.InvariantCulture).Contains($"'{reference.Name}'", StringComparison.Ordinal) && search.Find(reference) is null) is { } missing)
            text.Append(CultureInfo.InvariantCulture, $"\n  '{missing.Name}' was looked for in {string.Join(", ", search.DirectoriesFor(missing).Select(directory => $"'{directory}'"))}. Add its directory with --lib.");
    }

    private static string Shortened(string path)
    {
        var relative = Path.GetRelativePath(Environment.CurrentDirectory, path);
        return relative.StartsWith("..", StringComparison.Ordinal) ? path : relative;
    }
}
