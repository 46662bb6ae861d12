namespace TacHost.Scripting.Prints;

/// <summary>How code uses a field.</summary>
internal enum FieldUse
{
    Read,
    Written,

    /// <summary>Its address is taken by somebody who may do either.</summary>
    Lent,
}
