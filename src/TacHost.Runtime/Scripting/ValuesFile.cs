using System.Runtime.CompilerServices;
using System.Text.Json;
using TacHost.Loading;
using TacHost.Services.Infrastructure;

namespace TacHost.Scripting;

/// <summary>A file with values for the parameters of a tac file, in JSON with comments.</summary>
internal static class ValuesFile
{
    /// <summary>Reads the named file, or otherwise the file beside the tac file or the target of its symbolic link, if it exists.</summary>
    /// <exception cref="TacHostException">The file cannot be read, or does not contain an object with valid values.</exception>
    public static IReadOnlyList<ParameterValue> Read(string? named, string tac)
    {
        var path = PathOf(named, tac);
        return named is null && !File.Exists(path) ? [] : ReadExisting(path);
    }

    /// <summary>Returns the path of the file that <see cref="Read(string?, string)"/> reads.</summary>
    public static string PathOf(string? named, string tac) => named ?? LinkTarget.ValuesOf(tac);

    /// <summary>Reads the file. A separate method, so that a start without one does not load System.Text.Json.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static List<ParameterValue> ReadExisting(string path)
    {
        try
        {
            return Read(path);
        }
        catch (JsonException e)
        {
            throw new TacHostException(ExitCode.Usage, $"the file of values '{path}' is not valid JSON in line {e.LineNumber + 1}: {e.Message.Split(" LineNumber", 2)[0]}", e);
        }
        catch (InvalidOperationException e)
        {
            throw new TacHostException(ExitCode.Usage, $"the file of values '{path}' cannot be used: a text in it contains half of a surrogate pair.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TacHostException(ExitCode.NoInput, $"cannot read the file of values '{path}': {(e is FileNotFoundException or DirectoryNotFoundException ? "there is no such file." : e.Message)}", e);
        }
    }

    private static List<ParameterValue> Read(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(path), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        if (document.RootElement.ValueKind != JsonValueKind.Object)
            throw Error(path, "it is not an object. Write { \"name\": value, … }");
        List<ParameterValue> values = [];
        foreach (var property in document.RootElement.EnumerateObject())
        {
            if (values.Exists(value => value.Name == property.Name))
                throw Error(path, $"it has two values for '{property.Name}'");
            if (property.Value.ValueKind != JsonValueKind.Null)
                values.Add(new ParameterValue(property.Name, Texts(path, property), path));
        }

        return values;
    }

    private static List<string> Texts(string path, JsonProperty property) => property.Value.ValueKind switch
    {
        JsonValueKind.Array => [.. property.Value.EnumerateArray().Select(item => Text(path, property.Name, item))],
        _ => [Text(path, property.Name, property.Value)],
    };

    private static string Text(string path, string name, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
        _ => throw Error(path, $"'{name}' is not a text, a number, true, false or a list of these"),
    };

    private static TacHostException Error(string path, string why) => new(ExitCode.Usage, $"the file of values '{path}' cannot be used: {why}.");
}
