using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using TacHost.Dashboard.Pages;
using TacHost.Services.Plugins;

namespace TacHost.Dashboard.Access;

/// <summary>Allows requests of clients with the token. Without a token, allows local requests of this user and of root.</summary>
internal sealed class AccessControl
{
    private const int ShortestToken = 16;
    private const string CookieName = "tachost-dashboard";
    private const string Scheme = "Bearer ";

    private readonly byte[]? _token;
    private readonly string _cookie = "";

    /// <param name="tokenFile">The path of the file with the token, or null.</param>
    /// <param name="addresses">The addresses that are listened on.</param>
    /// <exception cref="UsageException">The token is too short, or missing.</exception>
    public AccessControl(string? tokenFile, IReadOnlyList<EndPoint> addresses)
    {
        if (tokenFile is null)
        {
            if (addresses.OfType<IPEndPoint>().FirstOrDefault(endPoint => !IPAddress.IsLoopback(endPoint.Address)) is { } open)
                throw new UsageException($"other machines reach {open}, on which the page would listen without a token. Give a --token-file, or listen on localhost or a UNIX socket.");
            return;
        }

        var token = File.ReadAllText(tokenFile).Trim();
        if (token.Length < ShortestToken)
            throw new UsageException($"the token in '{tokenFile}' has less than {ShortestToken} characters. Make one with: openssl rand -hex 32");
        _token = Encoding.UTF8.GetBytes(token);

        // A cookie that is read in a browser does not reveal the token.
        _cookie = Convert.ToHexString(HMACSHA256.HashData(_token, "the cookie of the dashboard"u8));
    }

    /// <summary>Returns whether a request is allowed.</summary>
    public bool IsAllowed(HttpContext context)
    {
        if (_token is null)
            return LocalPeer.IsMine(context);
        var authorization = context.Request.Headers.Authorization.ToString();
        return Equal(context.Request.Cookies[CookieName], Encoding.ASCII.GetBytes(_cookie))
            || (authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && IsToken(authorization[Scheme.Length..]));
    }

    /// <summary>Answers a request that is not allowed: with a form for the token, or with an error if there is no token.</summary>
    public async Task ChallengeAsync(HttpContext context)
    {
        if (_token is null)
        {
            await Responses.RefuseAsync(context, StatusCodes.Status403Forbidden, "This page is for the user who has started it, and for root. Others need a token, which it has been started without.");
            return;
        }

        if (await HasTokenAsync(context.Request))
        {
            SetCookie(context);
            context.Response.StatusCode = StatusCodes.Status303SeeOther;
            context.Response.Headers.Location = "/";
            return;
        }

        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        context.Response.Headers.WWWAuthenticate = "Bearer";
        await Responses.SendAsync(context, Page.Frame("tachost", new Html("""<form method="post" action="/token"><label>Token <input type="password" name="token" autocomplete="current-password" required></label> <button>Continue</button></form>""")), context.RequestAborted);
    }

    private async Task<bool> HasTokenAsync(HttpRequest request) =>
        HttpMethods.IsPost(request.Method) && request.Path == "/token" && request.HasFormContentType && CrossSite.IsSameOrigin(request)
            && IsToken((await request.ReadFormAsync(request.HttpContext.RequestAborted))["token"].ToString().Trim());

    private bool IsToken(string? text) => _token is not null && Equal(text, _token);

    private void SetCookie(HttpContext context) =>
        context.Response.Cookies.Append(CookieName, _cookie, new CookieOptions { HttpOnly = true, Secure = context.Request.IsHttps, SameSite = SameSiteMode.Strict, Path = "/" });

    private static bool Equal(string? text, byte[] secret) => text is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(text), secret);
}
