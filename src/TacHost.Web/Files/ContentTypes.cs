using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Net.Http.Headers;

namespace TacHost.Web.Files;

/// <summary>The content types by file name extension. Texts have the charset UTF-8.</summary>
internal sealed class ContentTypes : IContentTypeProvider
{
    /// <summary>The type lists of the system: those of Debian's mailcap and media-types, and Red Hat's mailcap.</summary>
    public const string SystemFile = "/etc/mime.types";

    public const string Unknown = "application/octet-stream";

    private readonly FileExtensionContentTypeProvider _known = new();

    /// <summary>Combines the types of ASP.NET Core, those of the system, and those of this server, of which the later ones count.</summary>
    /// <param name="additional">Types by the end of the name, with the dot.</param>
    /// <param name="systemFile">The file with the types of the system, which may be missing.</param>
    public ContentTypes(IReadOnlyDictionary<string, string> additional, string systemFile = SystemFile)
    {
        foreach (var (extension, type) in SystemTypes(systemFile))
            _known.Mappings[extension] = type;
        _known.Mappings[".md"] = "text/markdown";
        _known.Mappings[".mjs"] = "text/javascript";
        _known.Mappings[".csx"] = "text/plain";
        _known.Mappings[".cs"] = "text/plain";
        _known.Mappings[".yaml"] = _known.Mappings[".yml"] = "application/yaml";
        _known.Mappings[".toml"] = "application/toml";
        _known.Mappings[".log"] = "text/plain";
        foreach (var (extension, type) in additional)
            _known.Mappings[extension] = type;
    }

    public bool TryGetContentType(string subpath, [MaybeNullWhen(false)] out string contentType)
    {
        if (!_known.TryGetContentType(subpath, out contentType))
            return false;
        if (contentType.StartsWith("text/", StringComparison.OrdinalIgnoreCase) && !contentType.Contains(';', StringComparison.Ordinal))
            contentType += "; charset=utf-8";
        return true;
    }

    /// <summary>Reads lines of a type and the ends of names that have it. A file that cannot be read has none.</summary>
    private static IEnumerable<(string Extension, string Type)> SystemTypes(string file)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            yield break;
        }

        foreach (var line in lines)
        {
            var words = line.Split('#')[0].Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            foreach (var extension in words.Skip(1).Where(_ => MediaTypeHeaderValue.TryParse(words[0], out MediaTypeHeaderValue? _)))
                yield return ("." + extension.TrimStart('.'), words[0]);
        }
    }
}
