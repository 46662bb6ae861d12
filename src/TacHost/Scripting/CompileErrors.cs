using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;

namespace TacHost.Scripting;

/// <summary>Formats the errors and warnings of the compiler, each with its source line, a caret, and a hint.</summary>
internal static partial class CompileErrors
{
    private const string Rule = "compile";
    private const int Shown = 10;
    private const string MissingReference = "CS0006";
    private const string OwnFile = "Put it into a file of its own, with the namespace or the static class at its top, and #load that";
    private static readonly string[] _webTypes = ["WebApplicationService", "WebApplication", "WebApplicationBuilder", "HttpServer", "WebServer"];

    public static string Describe(string tac, TacSources sources, ReferenceSearch search, IReadOnlyList<Diagnostic> errors)
    {
        var text = new StringBuilder($"'{tac}' does not compile.");
        HashSet<string> hints = [];
        foreach (var error in errors.OrderBy(error => error.Location.SourceTree?.FilePath != sources.Main.Path).ThenBy(error => error.Location.SourceSpan.Start).Take(Shown))
        {
            text.Append('\n').Append(WithLine(error, "error"));
            if (Hint(error, sources, search) is { } hint && hints.Add(hint))
                text.Append("\n  ").Append(hint);
        }

        if (errors.Count > Shown)
            text.Append(CultureInfo.InvariantCulture, $"\n… and {errors.Count - Shown} more.");
        return text.ToString();
    }

    public static IReadOnlyList<Finding> Findings(IEnumerable<Diagnostic> errors) => [.. errors.Select(FindingOf)];

    public static Finding FindingAt(Location location, string rule, string message)
    {
        if (!location.IsInSource)
            return new Finding(rule, message) { ExitCode = ExitCode.BadTac };
        var place = location.GetLineSpan();
        return new Finding(rule, message) { File = SourceLine.Shortened(place.Path), Line = place.StartLinePosition.Line + 1, Column = place.StartLinePosition.Character + 1, ExitCode = ExitCode.BadTac };
    }

    private static Finding FindingOf(Diagnostic error) => FindingAt(error.Location, Rule, $"{error.Id}: {error.GetMessage(CultureInfo.InvariantCulture)}");

    /// <summary>Returns the warnings among diagnostics, ordered by file and position.</summary>
    public static IReadOnlyList<string> Warnings(IEnumerable<Diagnostic> diagnostics) =>
        [.. diagnostics.Where(each => each.Severity == DiagnosticSeverity.Warning).OrderBy(each => each.Location.SourceTree?.FilePath).ThenBy(each => each.Location.SourceSpan.Start).Select(each => WithLine(each, "warning"))];

    private static string WithLine(Diagnostic diagnostic, string kind)
    {
        if (!diagnostic.Location.IsInSource)
            return $"{kind} {diagnostic.Id}: {diagnostic.GetMessage(CultureInfo.InvariantCulture)}";
        var place = diagnostic.Location.GetLineSpan();
        var (line, column) = (place.StartLinePosition.Line, place.StartLinePosition.Character);
        var text = string.Create(CultureInfo.InvariantCulture, $"{SourceLine.Shortened(place.Path)}({line + 1},{column + 1}): {kind} {diagnostic.Id}: {diagnostic.GetMessage(CultureInfo.InvariantCulture)}");
        return Line(diagnostic) is { } source ? text + SourceLine.WithCaret(source, column) : text;
    }

    private static string? Line(Diagnostic diagnostic)
    {
        var lines = diagnostic.Location.SourceTree?.GetText().Lines;
        var line = diagnostic.Location.GetLineSpan().StartLinePosition.Line;
        return lines is not null && line < lines.Count ? lines[line].ToString() : null;
    }

    private static string? Hint(Diagnostic error, TacSources sources, ReferenceSearch search) => error.Id switch
    {
        MissingReference when sources.References.FirstOrDefault(reference => error.GetMessage(CultureInfo.InvariantCulture).Contains($"'{reference.Name}'", StringComparison.Ordinal) && search.Find(reference) is null) is { } missing =>
            $"'{missing.Name}' was looked for in {string.Join(", ", search.DirectoriesFor(missing).Select(directory => $"'{directory}'"))}. Add its directory with --lib.",
        "CS0234" or "CS0246" or "CS0103" when NamesAspNetCore(error) => $"For ASP.NET Core and the HTTP services of TacHost, put this line at the top of the file: {(sources.IsProgram ? $"#:package TacHost.Web@{HostVersion.Text}" : "#r \"TacHost.Web.dll\"")}",
        "CS7021" => $"A tac file is a script, and a script has no namespaces. {OwnFile}.",
        "CS1109" => $"A static class in a tac file cannot hold extension methods. {OwnFile}, or write the method at the top level of the tac file.",
        "CS9297" => "Directives such as #:package go to the top of the file, before all code.",
        "CS9283" => $"A static class in a tac file cannot hold extension blocks. {OwnFile}.",
        "CS7011" or "CS8097" when sources.IsProgram => "A .cs tac file has no directives of scripts. Write #:package NAME@VERSION or #:project PATH, or rename the file to .csx.",
        "CS0103" when error.GetMessage(CultureInfo.InvariantCulture).Contains("'args'", StringComparison.Ordinal) => "Write 'Args', the words after '--'.",
        "CS8345" => "A variable at the top level is a field, which cannot hold a span or another ref struct. Put the lines that use it into a block: { … }.",
        "CS8795" or "CS0535" or "CS0534" when UsesGenerator(error) => "Source generators do not run for tac files. Put the type into a library, or use the form that needs none, such as 'new Regex(…)'.",
        _ when Line(error) is { } line && UsingDeclaration().IsMatch(line) => "A tac file cannot begin a statement at its top level with 'using': the variable would be disposed before anything starts. Leave 'using' out, and dispose it in the OnStopAsync of a service.",
        _ => null,
    };

    private static bool NamesAspNetCore(Diagnostic error) =>
        Line(error) is { } line && (line.Contains("Microsoft.AspNetCore", StringComparison.Ordinal) || line.Contains("using TacHost.Web", StringComparison.Ordinal))
        || _webTypes.Any(name => error.GetMessage(CultureInfo.InvariantCulture).Contains($"'{name}'", StringComparison.Ordinal));

    private static bool UsesGenerator(Diagnostic error) =>
        error.Id == "CS8795" || error.Location.SourceTree?.ToString().Contains("JsonSerializable", StringComparison.Ordinal) == true;

    /// <summary>Matches <c>using T name = …</c>, but not <c>using Alias = …</c>.</summary>
    [GeneratedRegex(@"^\s*(await\s+)?using\s+(?!unsafe\b)[^=(]+[\s>\]?]@?\w+\s*=")]
    private static partial Regex UsingDeclaration();
}
