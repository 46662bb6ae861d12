using System.IO.Compression;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.Options;

namespace TacHost.Web.Files;

/// <summary>Compresses texts of some size by brotli or gzip, whichever the client prefers.</summary>
internal sealed class Compression : ResponseCompressionProvider
{
    /// <summary>Below that, the headers that tell of compression are longer than what it saves.</summary>
    private const int Smallest = 512;

    private Compression(IServiceProvider services, ResponseCompressionOptions options)
        : base(services, Options.Create(options))
    {
    }

    /// <summary>A handler that compresses what another answers, and gives it an ETag that says so.</summary>
    public static RequestDelegate Around(RequestDelegate next, IServiceProvider services)
    {
        // What is served is the same for everybody, so nothing secret can be guessed from its compressed length.
        ResponseCompressionOptions options = new() { EnableForHttps = true };
        options.MimeTypes = [.. ResponseCompressionDefaults.MimeTypes, "image/svg+xml", "text/markdown", "text/csv", "application/yaml", "application/toml", "application/manifest+json", "application/ld+json", "application/rss+xml", "application/atom+xml"];
        options.Providers.Add(new BrotliCompressionProvider(Options.Create(new BrotliCompressionProviderOptions { Level = CompressionLevel.Fastest })));
        options.Providers.Add(new GzipCompressionProvider(Options.Create(new GzipCompressionProviderOptions { Level = CompressionLevel.Fastest })));
        ResponseCompressionMiddleware middleware = new(next, new Compression(services, options));
        return context =>
        {
            context.Response.OnStarting(WeakenTag, context.Response);

            // A client that has the compressed form names it by its weak tag, which stands for the same file.
            if (context.Request.Headers.IfNoneMatch is { Count: > 0 } tags)
                context.Request.Headers.IfNoneMatch = tags.ToString().Replace("W/\"", "\"", StringComparison.Ordinal);
            return middleware.Invoke(context);
        };
    }

    public override bool ShouldCompressResponse(HttpContext context) => context.Response.ContentLength is null or >= Smallest && base.ShouldCompressResponse(context);

    /// <summary>The bytes are others than those of the file, which a strong tag would deny (RFC 9110, section 8.8.3).</summary>
    private static Task WeakenTag(object state)
    {
        var headers = ((HttpResponse)state).Headers;
        if (headers.ContentEncoding.Count > 0 && headers.ETag.ToString() is ['"', ..] tag)
            headers.ETag = "W/" + tag;
        return Task.CompletedTask;
    }
}
