using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.StaticFiles;

namespace TacHost.Web.Files;

/// <summary>Content types by the ends of names; texts are said to be UTF-8.</summary>
internal sealed class ContentTypes : IContentTypeProvider
{
    public const string Unknown = "application/octet-stream";

    private readonly FileExtensionContentTypeProvider _known = new();

    /// <param name="additional">By the end of the name, with the dot.</param>
    public ContentTypes(IReadOnlyDictionary<string, string> additional)
    {
        _known.Mappings[".md"] = "text/markdown";
        _known.Mappings[".mjs"] = "text/javascript";
        _known.Mappings[".csx"] = "text/plain";
        _known.Mappings[".cs"] = "text/plain";
        _known.Mappings[".yaml"] = _known.Mappings[".yml"] = "application/yaml";
        _known.Mappings[".toml"] = "application/toml";
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
}
