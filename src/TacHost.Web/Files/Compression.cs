using System.IO.Compression;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.Options;

namespace TacHost.Web.Files;

/// <summary>Compresses texts from a minimum size with brotli or gzip, according to the client's preference.</summary>
internal sealed class Compression : ResponseCompressionProvider
{
    /// <summary>The minimum size in bytes. Below it, the additional headers are larger than the savings.</summary>
    private const int Smallest = 512;

    private Compression(IServiceProvider services, ResponseCompressionOptions options)
        : base(services, Options.Create(options))
    {
    }

    /// <summary>Wraps a handler so that its responses are compressed and have weak ETags.</summary>
    public static RequestDelegate Around(RequestDelegate next, IServiceProvider services)
    {
        // All clients receive the same content, so its compressed length does not disclose a secret.
        ResponseCompressionOptions options = new() { EnableForHttps = true };
        options.MimeTypes = [.. ResponseCompressionDefaults.MimeTypes, "image/svg+xml", "text/markdown", "text/csv", "application/yaml", "application/toml", "application/manifest+json", "application/ld+json", "application/rss+xml", "application/atom+xml"];
        options.Providers.Add(new BrotliCompressionProvider(Options.Create(new BrotliCompressionProviderOptions { Level = CompressionLevel.Fastest })));
        options.Providers.Add(new GzipCompressionProvider(Options.Create(new GzipCompressionProviderOptions { Level = CompressionLevel.Fastest })));
        ResponseCompressionMiddleware middleware = new(next, new Compression(services, options));
        return context =>
        {
            context.Response.OnStarting(WeakenTag, context.Response);

            // A client sends the weak ETag of the compressed form, which refers to the same file.
            if (context.Request.Headers.IfNoneMatch is { Count: > 0 } tags)
                context.Request.Headers.IfNoneMatch = tags.ToString().Replace("W/\"", "\"", StringComparison.Ordinal);
            return middleware.Invoke(context);
        };
    }

    public override bool ShouldCompressResponse(HttpContext context) => context.Response.ContentLength is null or >= Smallest && base.ShouldCompressResponse(context);

    /// <summary>Makes the ETag weak, because the bytes differ from those of the file (RFC 9110, section 8.8.3).</summary>
    private static Task WeakenTag(object state)
    {
        var headers = ((HttpResponse)state).Headers;
        if (headers.ContentEncoding.Count > 0 && headers.ETag.ToString() is ['"', ..] tag)
            headers.ETag = "W/" + tag;
        return Task.CompletedTask;
    }
}
