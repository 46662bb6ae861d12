using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using TacHost.Services;
using TacHost.Services.Networking;

namespace TacHost.Web.Passwords;

/// <summary>The middleware that requires a name and a password for every request (RFC 7617).</summary>
internal sealed class BasicAuthentication(RequestDelegate next, PasswordFile file, ILogger logger)
{
    private readonly RightPasswords _passwords = new(file, TimeProvider.System);

    /// <summary>The rate limit of log lines about wrong passwords. The limit is high, because programs such as fail2ban count these lines.</summary>
    private readonly LogLimit _wrongLines = new(100);
    private readonly LogLimit _brokenLines = new();

    public async Task InvokeAsync(HttpContext context)
    {
        if (BasicCredentials.Parse(context.Request.Headers.Authorization) is not { } credentials)
        {
            await AskAsync(context);
            return;
        }

        bool? right;
        try
        {
            right = await _passwords.CheckAsync(context.Connection.RemoteIpAddress, credentials, context.RequestAborted);
        }
        catch (PasswordFileException e)
        {
            _brokenLines.Write(more => WebLog.PasswordFileBroken(logger, e.Message, more));
            await AnswerAsync(context, StatusCodes.Status503ServiceUnavailable, "Passwords cannot be checked at present.\n");
            return;
        }

        if (right is null)
        {
            context.Response.Headers.RetryAfter = 60.ToString(CultureInfo.InvariantCulture);
            await AnswerAsync(context, StatusCodes.Status429TooManyRequests, "There were too many wrong passwords. Try again in a minute.\n");
            return;
        }

        if (right is false)
        {
            _wrongLines.Write(more => WebLog.WrongPassword(logger, context.Connection.RemoteIpAddress, credentials.Name, more));
            await AskAsync(context);
            return;
        }

        context.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, credentials.Name)], "Basic"));

        // Servers behind this one get the name, but not the password.
        context.Request.Headers.Remove("Authorization");
        await next(context);
    }

    private static Task AskAsync(HttpContext context)
    {
        context.Response.Headers.WWWAuthenticate = "Basic realm=\"Password required\", charset=\"UTF-8\"";
        return AnswerAsync(context, StatusCodes.Status401Unauthorized, "A name and a password are required here.\n");
    }

    private static Task AnswerAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.WriteAsync(text);
    }
}
