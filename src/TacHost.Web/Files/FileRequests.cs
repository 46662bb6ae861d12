using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace TacHost.Web.Files;

/// <summary>Serves files with the middlewares of ASP.NET Core: a file, the index file of a directory, a directory listing, or 404.</summary>
internal static class FileRequests
{
    public static RequestDelegate Make(RootDirectory root, WebServer settings, IServiceProvider services)
    {
        var loggers = (ILoggerFactory)services.GetService(typeof(ILoggerFactory))!;
        ServedFiles files = new(root);
        NoEnvironment environment = new();
        ContentTypes types = new(settings.ContentTypes);
        var next = NotFound(root, settings.NotFoundFile, types);
        if (settings.FallbackFile is { } fallback)
            next = FallBack(next, StaticFiles(next), fallback);
        if (settings.ListDirectories)
            next = new DirectoryBrowserMiddleware(next, environment, Options.Create(new DirectoryBrowserOptions { FileProvider = files, Formatter = new DirectoryPage(), RedirectToAppendTrailingSlash = false })).Invoke;
        if (settings.IndexFiles.Count > 0)
        {
            next = StaticFiles(next);
            next = new DefaultFilesMiddleware(next, environment, Options.Create(new DefaultFilesOptions { FileProvider = files, DefaultFileNames = [.. settings.IndexFiles], RedirectToAppendTrailingSlash = false })).Invoke;
        }

        next = WithSlash(next, root);
        next = StaticFiles(next);
        next = Unreadable(next, NotFound(root, settings.NotFoundFile, types));
        return settings.Compress ? Compression.Around(next, services) : next;

        RequestDelegate StaticFiles(RequestDelegate otherwise) => new StaticFileMiddleware(otherwise, environment, Options.Create(new StaticFileOptions
        {
            FileProvider = files,
            ContentTypeProvider = types,
            ServeUnknownFileTypes = true,
            DefaultContentType = ContentTypes.Unknown,
            HttpsCompression = Microsoft.AspNetCore.Http.Features.HttpsCompressionMode.Default,
        }), loggers).Invoke;
    }

    /// <summary>
    /// Redirects a directory request without a final slash, so that relative links resolve correctly. The redirect of ASP.NET
    /// Core contains the host name, which is wrong behind a proxy.
    /// </summary>
    private static RequestDelegate WithSlash(RequestDelegate next, RootDirectory root) => context =>
    {
        var path = context.Request.Path;
        if (path.Value is not { } text || text.EndsWith('/') || !root.TryLook(text, out var status) || !status.IsDirectory)
            return next(context);
        context.Response.StatusCode = StatusCodes.Status301MovedPermanently;
        context.Response.Headers.Location = $"{(context.Request.PathBase + path).ToUriComponent()}/{context.Request.QueryString.ToUriComponent()}";
        return Task.CompletedTask;
    };

    /// <summary>Answers what is not there by a file of the root, or by a line if that cannot be read.</summary>
    private static RequestDelegate NotFound(RootDirectory root, string? file, ContentTypes types) => async context =>
    {
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            context.Response.Headers.Allow = "GET, HEAD";
            await AnswerAsync(context, StatusCodes.Status405MethodNotAllowed, "Files can only be read here.\n");
            return;
        }

        await using var page = file is null ? null : TryOpen(root, "/" + file);
        if (page is null)
        {
            await AnswerAsync(context, StatusCodes.Status404NotFound, "There is no such file here.\n");
            return;
        }

        context.Response.StatusCode = StatusCodes.Status404NotFound;
        context.Response.ContentType = types.TryGetContentType(file!, out var type) ? type : ContentTypes.Unknown;
        context.Response.ContentLength = page.Length;
        if (HttpMethods.IsGet(context.Request.Method))
            await page.CopyToAsync(context.Response.Body, context.RequestAborted);
    };

    private static FileStream? TryOpen(RootDirectory root, string path)
    {
        try
        {
            return root.OpenFile(path);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or FileNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Answers paths that look like no file by the page of a single-page application, which has paths of its own.</summary>
    private static RequestDelegate FallBack(RequestDelegate next, RequestDelegate files, string page) => context =>
    {
        var path = context.Request.Path.Value ?? "";
        if (path.Contains("/.", StringComparison.Ordinal) || path[(path.LastIndexOf('/') + 1)..].Contains('.', StringComparison.Ordinal))
            return next(context);
        context.Request.Path = "/" + page;
        return files(context);
    };

    /// <summary>Sends an error response if a file turns out to be unreadable when it is opened.</summary>
    private static RequestDelegate Unreadable(RequestDelegate next, RequestDelegate notFound) => async context =>
    {
        try
        {
            await next(context);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or FileNotFoundException && !context.Response.HasStarted)
        {
            context.Response.Clear();
            await (e is UnauthorizedAccessException ? AnswerAsync(context, StatusCodes.Status403Forbidden, "This file is not public.\n") : notFound(context));
        }
    };

    private static Task AnswerAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.WriteAsync(text);
    }

    /// <summary>An environment for the middlewares, which require one but do not use it.</summary>
    private sealed class NoEnvironment : IWebHostEnvironment
    {
        public string WebRootPath { get; set; } = "";

        public IFileProvider WebRootFileProvider { get; set; } = new NullFileProvider();

        public string ApplicationName { get; set; } = "";

        public IFileProvider ContentRootFileProvider { get; set; } = new NullFileProvider();

        public string ContentRootPath { get; set; } = "";

        public string EnvironmentName { get; set; } = "Production";
    }
}
