namespace TacHost;

/// <summary>An exception of a tac or a plugin in words.</summary>
internal static class FailureText
{
    /// <summary>Returns such as <c>InvalidOperationException at poem.csx:line 4: the reason</c>, then the line of source with a caret.</summary>
    public static string Of(Exception exception)
    {
        var cause = RootCause.Of(exception);
        var place = FailurePlace.Of(exception);
        return $"{cause.GetType().Name}{place}: {cause.Message}{place.Source()}";
    }
}
